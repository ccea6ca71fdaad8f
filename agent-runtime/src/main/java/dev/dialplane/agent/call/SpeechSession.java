package dev.dialplane.agent.call;

import dev.dialplane.agent.dialogue.Dialogue;
import dev.dialplane.agent.inference.Recognition;
import dev.dialplane.agent.speaking.CarrierCodec;
import dev.dialplane.agent.speaking.Speech;
import dev.dialplane.contracts.inference.v1.DialogueTurn;
import dev.dialplane.contracts.inference.v1.GenerateRequest;
import dev.dialplane.contracts.inference.v1.SessionStart;
import dev.dialplane.contracts.inference.v1.Speaker;
import dev.dialplane.contracts.inference.v1.TranscribeStart;
import dev.dialplane.contracts.inference.v1.TurnOwner;
import io.grpc.Status;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One model that hears, thinks and speaks, for one call. It stays while the streams behind it come and go: one that is to
 * end, or was lost, is followed by another, which is told what was heard so far.
 *
 * <p>The agent owns the turn. The model tells what the caller says; it responds when turn-taking wants a reply, and keeps
 * of that what the caller heard.
 */
final class SpeechSession implements Pipeline {
    private final CallContext call;
    private final Dialogue dialogue;
    /** The stream that hears, and makes what is asked for from now on. */
    private @Nullable SessionStream stream;

    private final Preparing preparing;
    /** The last stream's, if it left when nothing was under way. */
    private String handedOver = "";
    /** What the last stream was opened with, and what one would not be: the pool may have had another model before. */
    private String token = "";

    private String refused = "";
    /** Of the turn at hand: its keys, and words that were told as text. */
    private String keys = "";

    private String told = "";
    private int replies;
    private boolean counted;
    private boolean closed;

    SpeechSession(CallContext call, Dialogue dialogue) {
        this.call = call;
        this.dialogue = dialogue;
        preparing = new Preparing(call);
    }

    CallContext call() {
        return call;
    }

    /** The model takes the carrier's audio as it is. */
    @Override
    public CarrierCodec wire() {
        return call.codecIn();
    }

    @Override
    public Recognition recognize(TranscribeStart start, Recognition.Listener listener) {
        return stream().hears(listener);
    }

    /** The stream there is, or another, which knows what was heard, and of the turn at hand what has no sound. */
    private SessionStream stream() {
        SessionStream current = stream;
        if (current == null || current.ended()) {
            // Before a reply counts here, the caller's last words are those that another agent left unanswered.
            List<DialogueTurn> history = counted ? dialogue.asIs() : dialogue.answered();
            current = new SessionStream(this, start(history), history);
            stream = current;
            if (!told.isEmpty()) {
                current.text(Speaker.SPEAKER_CALLER, told, "");
            }
            keys.chars().forEach(current::key);
        }
        return current;
    }

    private SessionStart start(List<DialogueTurn> history) {
        token = handedOver.isEmpty() ? dialogue.providerState().toStringUtf8() : handedOver;
        handedOver = "";
        if (token.equals(refused)) {
            token = "";
        }
        int deadlineMs = call.spec().getSlowModel().getFallbackMs();
        return SessionStart.newBuilder()
                .setModel(call.spec().getPipeline().getSpeechToSpeech())
                .setSpecHash(call.prepared().hash())
                .setLanguage(call.spec().getLanguage())
                .setFormatIn(call.offer().getFormatIn())
                .setFormatOut(call.offer().getFormatOut())
                .setTurnOwner(TurnOwner.TURN_OWNER_CLIENT)
                .addAllHistory(history)
                .setResumeToken(token)
                .putAllVariables(call.offer().getVariablesMap())
                .setTimeZone(ZoneId.systemDefault().getId())
                .setFirstPieceDeadlineMs(deadlineMs)
                .setNextPieceDeadlineMs(deadlineMs)
                .build();
    }

    @Override
    public Answer.Source reply(GenerateRequest request, Answer answer) {
        SessionStream current = stream();
        SessionReply reply = new SessionReply("reply-" + ++replies, this, current, answer);
        boolean goesOn = answer.question().isEmpty();
        boolean asked = current.results(request.getDialogueList(), goesOn ? reply : null);
        if (!goesOn && !current.respondToTurn(reply, !keys.isEmpty())) {
            told = answer.question();
            current.respondToText(reply, told);
        } else if (goesOn && !asked) {
            current.respondToText(reply, "");
        }
        return reply;
    }

    /** Not the model's: once it counts, the model is told of the turn that it answers; of the reply, as of all that is said. */
    @Override
    public Answer.Source own(Answer answer) {
        return new Answer.Source() {
            private boolean told;

            @Override
            public void cancel() {
                // Nobody makes it.
            }

            @Override
            public void counts() {
                if (!told) {
                    told = true;
                    countsWithout(stream, answer.question());
                }
            }
        };
    }

    @Override
    public void key(String key) {
        keys += key;
        if (stream != null) {
            stream.key(key.charAt(0));
        }
    }

    @Override
    public void forget() {
        if (stream != null) {
            stream.forgetTurn(!keys.isEmpty());
        }
        turnIsOver();
    }

    private void turnIsOver() {
        keys = "";
        told = "";
    }

    /** Something of a reply is said. */
    void counts(SessionReply reply) {
        SessionStream current = stream;
        String question = reply.answer().question();
        if (!reply.madeBy(current)) {
            countsWithout(current, question);
            return;
        }
        counted = true;
        if (!question.isEmpty()) {
            turnIsOver();
        }
        reply.stream().playing(reply);
    }

    /** Something of a reply is said that another made: a stream knows nothing of the turn but its sound. */
    private void countsWithout(@Nullable SessionStream current, String question) {
        counted = true;
        if (question.isEmpty()) {
            return;
        }
        turnIsOver();
        if (current != null) {
            current.forgetTurn(true);
            current.text(Speaker.SPEAKER_CALLER, question, "");
        }
    }

    @Override
    public void said(Saying saying, boolean interrupted) {
        SessionStream current = stream;
        if (current == null) {
            return;
        }
        Answer answer = saying.answer();
        SessionReply reply = answer != null && answer.source() instanceof SessionReply made ? made : null;
        if (reply != null && reply.madeBy(current)) {
            current.played(reply, interrupted);
            return;
        }
        Speech.Parted parted = saying.speech().parted();
        if (!parted.heard().isEmpty()) {
            current.text(Speaker.SPEAKER_AGENT, parted.heard(), interrupted ? parted.notHeard() : "");
        }
    }

    /** The stream leaves, with what the one after it goes on with; {@code idle} if it made nothing since. */
    void leaves(SessionStream leaving, String token, boolean idle) {
        if (leaving == stream) {
            stream = null;
            handedOver = idle ? token : "";
        }
    }

    /**
     * The stream is gone.
     *
     * @param mayOpen runs when it makes sense to open another
     */
    void lost(SessionStream gone, Status status, Runnable mayOpen) {
        if (gone == stream) {
            stream = null;
        }
        if (status.getCode() == Status.Code.INVALID_ARGUMENT) {
            refused = token;
        }
        if (status.getCode() != Status.Code.NOT_FOUND || closed) {
            mayOpen.run();
            return;
        }
        preparing.begin(mayOpen, _ -> mayOpen.run());
    }

    @Override
    public void close() {
        closed = true;
        preparing.cancel();
        if (stream != null) {
            stream.close();
            stream = null;
        }
    }
}
