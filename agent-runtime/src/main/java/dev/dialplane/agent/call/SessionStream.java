package dev.dialplane.agent.call;

import com.google.protobuf.ByteString;
import dev.dialplane.agent.inference.Recognition;
import dev.dialplane.agent.inference.Session;
import dev.dialplane.contracts.common.v1.Error;
import dev.dialplane.contracts.inference.v1.Activity;
import dev.dialplane.contracts.inference.v1.ActivityEnd;
import dev.dialplane.contracts.inference.v1.DialogueTurn;
import dev.dialplane.contracts.inference.v1.Interrupt;
import dev.dialplane.contracts.inference.v1.Playback;
import dev.dialplane.contracts.inference.v1.PlaybackState;
import dev.dialplane.contracts.inference.v1.SessionAudio;
import dev.dialplane.contracts.inference.v1.SessionDtmf;
import dev.dialplane.contracts.inference.v1.SessionError;
import dev.dialplane.contracts.inference.v1.SessionReady;
import dev.dialplane.contracts.inference.v1.SessionStart;
import dev.dialplane.contracts.inference.v1.SessionText;
import dev.dialplane.contracts.inference.v1.SessionTranscript;
import dev.dialplane.contracts.inference.v1.SessionTurn;
import dev.dialplane.contracts.inference.v1.SessionTurnKind;
import dev.dialplane.contracts.inference.v1.SessionUsage;
import dev.dialplane.contracts.inference.v1.Speaker;
import dev.dialplane.contracts.inference.v1.SpeechToSpeechRequest;
import dev.dialplane.contracts.inference.v1.SpeechToSpeechResponse;
import dev.dialplane.contracts.inference.v1.ToolCallDelta;
import dev.dialplane.contracts.inference.v1.ToolResult;
import dev.dialplane.contracts.inference.v1.Transcript;
import dev.dialplane.contracts.inference.v1.TurnOwner;
import io.grpc.Status;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a {@link SpeechSession}: the caller's turn at hand goes into it as an activity, and the transcript of that
 * and replies come out. A stream that is asked to go elsewhere does so once no reply needs it.
 */
final class SessionStream implements Session.Listener, Recognition {
    private static final System.Logger LOG = System.getLogger(SessionStream.class.getName());
    /** Replies that are over are remembered, for a word that comes late. */
    private static final int MOST_REPLIES = 16;

    private final SpeechSession owner;
    private final SessionStart start;
    private final Session session;
    private final Map<String, SessionReply> replies = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, SessionReply> eldest) {
            return size() > MOST_REPLIES && !eldest.getValue().underWay();
        }
    };
    /** Tool calls that the model waits for, by its ids. */
    private final Map<String, ToolCallDelta.Builder> calls = new LinkedHashMap<>();

    /** Results that it knows, by the errands' keys. */
    private final Set<String> known = new HashSet<>();

    private Recognition.@Nullable Listener ear;
    private SessionUsage usage = SessionUsage.getDefaultInstance();
    private long sequence;
    private long utterance;
    private long startMs;
    /** The model has heard some of the turn at hand. */
    private boolean heardSome;

    private boolean speaking;
    private boolean leaving;
    private boolean madeSince;
    private String token = "";

    SessionStream(SpeechSession owner, SessionStart start, List<DialogueTurn> history) {
        this.owner = owner;
        this.start = start;
        results(history).keySet().forEach(known::add);
        session = owner.call().models().converse(owner.call().token(), start, this);
    }

    private static Map<String, DialogueTurn> results(List<DialogueTurn> turns) {
        Map<String, DialogueTurn> results = new LinkedHashMap<>();
        turns.stream()
                .filter(turn -> turn.getSpeaker() == Speaker.SPEAKER_TOOL)
                .forEach(turn -> results.put(turn.getToolCallId(), turn));
        return results;
    }

    boolean ended() {
        return session.ended();
    }

    Recognition hears(Recognition.Listener listener) {
        ear = listener;
        return this;
    }

    private void send(Consumer<SpeechToSpeechRequest.Builder> message) {
        SpeechToSpeechRequest.Builder request = SpeechToSpeechRequest.newBuilder();
        message.accept(request);
        session.send(request.build());
    }

    // The caller's turn at hand.

    @Override
    public void audio(long id, long mediaTimeMs, ByteString payload) {
        if (!heardSome || id != utterance) {
            heardSome = true;
            utterance = id;
            startMs = mediaTimeMs;
            speaking = false;
        }
        if (!speaking) {
            speaking = true;
            send(it -> it.setActivity(Activity.newBuilder().setOn(true).setMediaTimeMs(mediaTimeMs)));
        }
        send(it -> it.setAudio(SessionAudio.newBuilder()
                .setSeq(sequence++)
                .setMediaTimeMs(mediaTimeMs)
                .setPayload(payload)));
    }

    @Override
    public void finish(long id) {
        if (heardSome && id == utterance) {
            end(ActivityEnd.ACTIVITY_END_PAUSE, "");
        }
    }

    /** {@link SpeechSession#forget()} does it. */
    @Override
    public void forget(long id) {}

    private void end(ActivityEnd end, String responseId) {
        speaking = false;
        send(it -> it.setActivity(Activity.newBuilder().setEnd(end).setResponseId(responseId)));
    }

    void key(int key) {
        send(it -> it.setDtmf(SessionDtmf.newBuilder().setDigit(Character.toString(key))));
    }

    /** @param keys whether it has keys, too */
    void forgetTurn(boolean keys) {
        if (heardSome || keys) {
            end(ActivityEnd.ACTIVITY_END_NOTHING, "");
            heardSome = false;
        }
    }

    // Replies.

    /**
     * Asks for the reply to the turn at hand; false if the model has heard nothing of it.
     *
     * @param keys whether it has keys
     */
    boolean respondToTurn(SessionReply reply, boolean keys) {
        boolean knows = heardSome || keys;
        if (knows) {
            replies.put(reply.id(), reply);
            end(ActivityEnd.ACTIVITY_END_UNSPECIFIED, reply.id());
        }
        return knows;
    }

    /** Asks for a reply to a text of the caller's; to what there is, if it is empty. */
    void respondToText(SessionReply reply, String text) {
        replies.put(reply.id(), reply);
        send(it -> it.setText(
                SessionText.newBuilder().setText(text).setRespond(true).setResponseId(reply.id())));
    }

    /** Tells the model of what was said. */
    void text(Speaker speaker, String text, String notHeard) {
        send(it -> it.setText(
                SessionText.newBuilder().setSpeaker(speaker).setText(text).setNotHeard(notHeard)));
    }

    /**
     * Tells the model the results that it does not know.
     *
     * @param reply what is to be made of them; null if nothing
     * @return whether there were any
     */
    boolean results(List<DialogueTurn> turns, @Nullable SessionReply reply) {
        List<DialogueTurn> unknown = results(turns).values().stream()
                .filter(turn -> known.add(turn.getToolCallId()))
                .toList();
        for (DialogueTurn turn : unknown) {
            ToolResult.Builder result = ToolResult.newBuilder()
                    .setToolCallId(call(turn))
                    .setOutputJson(turn.getText())
                    .setToolName(turn.getToolName())
                    .setToolArguments(turn.getToolArguments());
            if (reply != null && turn == unknown.getLast()) {
                replies.put(reply.id(), reply);
                result.setRespond(true).setResponseId(reply.id());
            }
            send(it -> it.setToolResult(result));
        }
        return !unknown.isEmpty();
    }

    /** The model's id of the call that this is the result of; the errand's key, if another stream's model asked for it. */
    private String call(DialogueTurn result) {
        for (var call : calls.entrySet()) {
            if (call.getValue().getName().equals(result.getToolName())
                    && call.getValue().getArguments().equals(result.getToolArguments())) {
                calls.remove(call.getKey());
                return call.getKey();
            }
        }
        return result.getToolCallId();
    }

    /** Something of a reply is said. */
    void playing(SessionReply reply) {
        playback(reply, PlaybackState.PLAYBACK_STATE_STARTED);
        if (!reply.answer().question().isEmpty()) {
            heardSome = false;
        }
    }

    /** No more of a reply is said. */
    void played(SessionReply reply, boolean interrupted) {
        playback(reply, interrupted ? PlaybackState.PLAYBACK_STATE_FLUSHED : PlaybackState.PLAYBACK_STATE_DONE);
    }

    private void playback(SessionReply reply, PlaybackState state) {
        send(it -> it.setPlayback(Playback.newBuilder()
                .setResponseId(reply.id())
                .setPlayedMs(reply.playedMs())
                .setState(state)));
    }

    void interrupt(SessionReply reply) {
        send(it ->
                it.setInterrupt(Interrupt.newBuilder().setResponseId(reply.id()).setPlayedMs(reply.playedMs())));
        mayLeave();
    }

    // What the model says.

    @Override
    public void received(SpeechToSpeechResponse message) {
        switch (message.getMessageCase()) {
            case READY -> ready(message.getReady());
            case TRANSCRIPT -> transcript(message.getTranscript());
            case AUDIO -> reply(message.getAudio().getResponseId(), it -> it.audio(message.getAudio()));
            case TURN -> turn(message.getTurn());
            case ACTION ->
                reply(message.getAction().getResponseId(), it -> it.answer().action(message.getAction()));
            case TOOL_CALL -> toolCall(message.getToolCall());
            case TOOL_CALL_CANCELLED -> {
                List<String> ids = message.getToolCallCancelled().getToolCallIdsList();
                ids.forEach(calls::remove);
                replies.values().forEach(reply -> reply.answer().toolsCanceled(ids));
            }
            case USAGE -> usage = message.getUsage();
            case GO_AWAY -> {
                leaving = true;
                token = message.getGoAway().getResumeToken();
                madeSince = false;
                mayLeave();
            }
            case ERROR -> error(message.getError());
            case INTERRUPTED, MESSAGE_NOT_SET -> {}
        }
    }

    private void ready(SessionReady ready) {
        boolean fits = ready.getTurnOwner() == TurnOwner.TURN_OWNER_CLIENT
                && ready.getCallerTranscript()
                && ready.getTruncates()
                && ready.getFormatIn().equals(start.getFormatIn())
                && ready.getFormatOut().equals(start.getFormatOut());
        if (!fits) {
            session.close();
            lost(Status.FAILED_PRECONDITION.withDescription("the model offers " + ready
                    + ", but the agent owns the turn, and needs transcripts, truncation and the carrier's formats"));
        }
    }

    private void reply(String id, Consumer<SessionReply> of) {
        SessionReply reply = replies.get(id);
        if (reply != null) {
            of.accept(reply);
        }
    }

    private void transcript(SessionTranscript transcript) {
        switch (transcript.getSpeaker()) {
            case SPEAKER_AGENT -> reply(transcript.getResponseId(), it -> it.transcript(transcript));
            case SPEAKER_CALLER -> {
                if (ear != null && heardSome && transcript.getStartMs() == startMs) {
                    ear.transcript(Transcript.newBuilder()
                            .setUtteranceId(utterance)
                            .setText(transcript.getText())
                            .setFinal(transcript.getFinal())
                            .setMediaTimeMs(transcript.getEndMs())
                            .build());
                }
            }
            case SPEAKER_TOOL, SPEAKER_UNSPECIFIED, UNRECOGNIZED -> {}
        }
    }

    private void turn(SessionTurn turn) {
        madeSince = true;
        if (turn.getKind() == SessionTurnKind.SESSION_TURN_KIND_GENERATION_DONE) {
            reply(turn.getResponseId(), it -> it.generated(turn, usage));
            usage = SessionUsage.getDefaultInstance();
        } else if (turn.getKind() == SessionTurnKind.SESSION_TURN_KIND_RESPONSE_DONE) {
            reply(turn.getResponseId(), SessionReply::whole);
        }
    }

    private void toolCall(ToolCallDelta delta) {
        ToolCallDelta.Builder known = calls.computeIfAbsent(delta.getToolCallId(), _ -> ToolCallDelta.newBuilder());
        known.setName(known.getName() + delta.getName()).setArguments(known.getArguments() + delta.getArguments());
        reply(delta.getResponseId(), it -> it.answer().toolCall(delta));
    }

    private void error(SessionError error) {
        Error why = error.getError();
        LOG.log(Level.WARNING, "call {0}: the session: {1}", owner.call().fence(), why.getMessage());
        Status status = status(why).withDescription(why.getMessage());
        if (error.getFatal()) {
            session.close();
            lost(status);
        } else if (!error.getResponseId().isEmpty()) {
            reply(error.getResponseId(), it -> it.failed(status));
        } else if (ear != null && heardSome) {
            ear.utteranceFailed(utterance, why.getMessage());
        }
    }

    /** As common/v1/error.proto has it. */
    private static Status status(Error error) {
        return switch (error.getKindCase()) {
            case RETRY_AFTER, OVERLOADED -> Status.RESOURCE_EXHAUSTED;
            case BAD_REQUEST -> Status.INVALID_ARGUMENT;
            case PROVIDER_DOWN -> Status.UNAVAILABLE;
            case TOO_SLOW -> Status.DEADLINE_EXCEEDED;
            case UNKNOWN_MODEL -> Status.NOT_FOUND;
            case BAD_TOKEN -> Status.UNAUTHENTICATED;
            case KIND_NOT_SET -> Status.INTERNAL;
        };
    }

    // The end.

    /** Goes elsewhere if that was asked for, and no reply needs this stream. */
    void mayLeave() {
        if (!leaving || session.ended() || replies.values().stream().anyMatch(SessionReply::underWay)) {
            return;
        }
        session.close();
        owner.leaves(this, token, !madeSince);
        if (ear != null) {
            ear.goAway();
        }
    }

    @Override
    public void lost(Status status) {
        List<SessionReply> unfinished = replies.values().stream()
                .filter(reply -> !reply.answer().ended())
                .toList();
        owner.lost(this, status, () -> {
            if (ear != null) {
                ear.lost(status);
            }
        });
        // A spec that was forgotten is prepared again, and then the reply asked for.
        Status why = status.getCode() == Status.Code.NOT_FOUND ? Status.UNAVAILABLE : status;
        unfinished.forEach(reply -> reply.failed(why));
    }

    @Override
    public void close() {
        session.close();
    }
}
