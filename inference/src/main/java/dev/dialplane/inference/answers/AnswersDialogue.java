package dev.dialplane.inference.answers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.dialplane.contracts.inference.v1.Action;
import dev.dialplane.contracts.inference.v1.ActionKind;
import dev.dialplane.contracts.inference.v1.DialogueTurn;
import dev.dialplane.contracts.inference.v1.GenerateRequest;
import dev.dialplane.contracts.inference.v1.Speaker;
import dev.dialplane.contracts.inference.v1.ToolCallDelta;
import dev.dialplane.inference.dialogue.Dialogue;
import dev.dialplane.inference.dialogue.ReplyDone;
import dev.dialplane.inference.dialogue.ReplyRequest;
import dev.dialplane.inference.dialogue.ReplySink;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.model.PreparedSpec;
import dev.dialplane.inference.queue.ComputeQueue;
import dev.dialplane.inference.queue.Urgency;
import dev.dialplane.inference.timing.Cancellable;
import java.time.DateTimeException;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.regex.Pattern;

/** {@link Answers} as a model: the request's last turn in, the reply's words out. */
public final class AnswersDialogue implements Dialogue {
    private static final Pattern WORD = Pattern.compile("\\S+\\s*");
    private static final int MAX_SAID = 4000;
    private static final JsonMapper MAPPER = new JsonMapper();

    private final SentenceEmbedder embedder;
    private final ComputeQueue queue;
    private final InstantSource clock;

    public AnswersDialogue(SentenceEmbedder embedder, ComputeQueue queue, InstantSource clock) {
        this.embedder = embedder;
        this.queue = queue;
        this.clock = clock;
    }

    /** The answers of a spec, with its examples embedded once. */
    public Answers answers(PreparedSpec spec) {
        return spec.part(Answers.class, it -> new Answers(it.spec(), embedder));
    }

    @Override
    public Cancellable reply(ReplyRequest request, ReplySink sink) {
        return queue.submit(
                request.callId(),
                Urgency.CALLER_WAITS,
                work -> {
                    Answers answers = answers(request.spec());
                    Turn turn = turn(request.request(), answers.size());
                    Reply reply = ToolResults.last(request.request().getDialogueList())
                            .map(text -> ToolResults.reply(text, turn.state()))
                            .orElseGet(() -> answers.reply(turn));
                    return new Told(reply, answers.sensitive(reply), work.queueMs());
                },
                told -> tell(told, sink),
                sink::failed);
    }

    private record Told(Reply reply, boolean sensitive, int queueMs) {}

    private static void tell(Told told, ReplySink sink) {
        Reply reply = told.reply();
        WORD.matcher(reply.text()).results().forEach(word -> sink.text(word.group()));
        switch (reply.then()) {
            case Reply.GoOn() -> {}
            case Reply.HangUp() ->
                sink.action(Action.newBuilder()
                        .setKind(ActionKind.ACTION_KIND_HANG_UP)
                        .build());
            case Reply.Transfer(String target) ->
                sink.action(Action.newBuilder()
                        .setKind(ActionKind.ACTION_KIND_TRANSFER)
                        .setTarget(target)
                        .build());
            case Reply.SendDigits(String digits) ->
                sink.action(Action.newBuilder()
                        .setKind(ActionKind.ACTION_KIND_SEND_DIGITS)
                        .setDigits(digits)
                        .build());
            case Reply.CallTool(String name, var arguments) ->
                sink.toolCall(ToolCallDelta.newBuilder()
                        .setToolCallId("answers-" + name)
                        .setName(name)
                        .setArguments(json(arguments))
                        .build());
        }
        sink.done(new ReplyDone(
                reply.state().toBytes(), 0, 0, false, reply.expecting(), told.queueMs(), told.sensitive()));
    }

    private static String json(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private Turn turn(GenerateRequest request, int answers) {
        List<DialogueTurn> dialogue = request.getDialogueList();
        StringBuilder said = new StringBuilder();
        String before = "";
        // What the caller said since the agent's last turn that was heard, which may be several turns.
        for (int i = dialogue.size() - 1; i >= 0; i--) {
            DialogueTurn turn = dialogue.get(i);
            // What was done without words is no answer to anything, and not to be said again.
            if (turn.getSpeaker() == Speaker.SPEAKER_AGENT && !turn.getText().startsWith("[")) {
                before = (turn.getText() + " " + turn.getNotHeard()).strip();
                break;
            }
            if (turn.getSpeaker() == Speaker.SPEAKER_CALLER) {
                said.insert(0, turn.getText().strip() + " ");
            }
        }
        String text = said.toString().strip();
        return new Turn(
                text.length() > MAX_SAID ? text.substring(0, MAX_SAID) : text,
                before,
                AnswersState.of(request.getProviderState(), answers),
                today(request),
                request.getVariablesMap());
    }

    private LocalDate today(GenerateRequest request) {
        try {
            ZoneId zone = request.getTimeZone().isEmpty() ? ZoneId.of("UTC") : ZoneId.of(request.getTimeZone());
            if (request.getLocalTime().isEmpty()) {
                return LocalDate.ofInstant(clock.instant(), zone);
            }
            return OffsetDateTime.parse(request.getLocalTime()).toLocalDate();
        } catch (DateTimeException e) {
            throw ModelException.badRequest(
                    "local_time, time_zone",
                    request.getLocalTime() + ", " + request.getTimeZone(),
                    "RFC 3339, and an IANA name");
        }
    }
}
