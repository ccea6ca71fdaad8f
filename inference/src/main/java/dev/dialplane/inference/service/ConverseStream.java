package dev.dialplane.inference.service;

import dev.dialplane.contracts.common.v1.AudioFormat;
import dev.dialplane.contracts.common.v1.Pipeline;
import dev.dialplane.contracts.inference.v1.Action;
import dev.dialplane.contracts.inference.v1.Activity;
import dev.dialplane.contracts.inference.v1.DialogueTurn;
import dev.dialplane.contracts.inference.v1.GenerateDone;
import dev.dialplane.contracts.inference.v1.Interrupt;
import dev.dialplane.contracts.inference.v1.Playback;
import dev.dialplane.contracts.inference.v1.SessionAudio;
import dev.dialplane.contracts.inference.v1.SessionError;
import dev.dialplane.contracts.inference.v1.SessionGoAway;
import dev.dialplane.contracts.inference.v1.SessionInterrupted;
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
import dev.dialplane.contracts.inference.v1.ToolCallCancelled;
import dev.dialplane.contracts.inference.v1.ToolCallDelta;
import dev.dialplane.contracts.inference.v1.ToolResult;
import dev.dialplane.contracts.inference.v1.TurnOwner;
import dev.dialplane.inference.call.Caller;
import dev.dialplane.inference.conversing.ResumeToken;
import dev.dialplane.inference.conversing.SessionMemory;
import dev.dialplane.inference.conversing.ToolCalls;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.model.PreparedSpec;
import dev.dialplane.inference.timing.Cancellable;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One {@code SpeechToSpeech.Converse} RPC over a composed model: a recognizer, a dialogue model and a voice that share one
 * memory. The client owns the turn.
 */
final class ConverseStream extends InboundStream<SpeechToSpeechRequest, SpeechToSpeechResponse>
        implements SessionHearing.Listener, SessionReply.Listener {
    /** How long before its end a session is asked to go elsewhere. */
    private static final Duration NOTICE = Duration.ofSeconds(30);

    private final SessionModels models;
    private final Duration longest;
    /** Where a session stands; null before its start. The session's thread alone changes it. */
    private volatile @Nullable Open open;

    private Cancellable aging = Cancellable.NOTHING;

    /** What there is from the start on. */
    private record Open(
            SessionStart start,
            SessionMemory memory,
            SessionLimits limits,
            SessionHearing hearing,
            SessionReplies replies,
            ToolCalls toolCalls) {}

    ConverseStream(
            SessionModels models,
            Duration longest,
            Streams streams,
            Caller caller,
            ServerCallStreamObserver<SpeechToSpeechResponse> responses) {
        super(responses, streams, caller);
        this.models = models;
        this.longest = longest;
        responses.setOnReadyHandler(() -> {
            Open session = open;
            if (session != null) {
                session.replies.proceed();
            }
        });
    }

    @Override
    void handle(SpeechToSpeechRequest message) {
        Open session = open;
        if (message.getMessageCase() == SpeechToSpeechRequest.MessageCase.START) {
            if (session != null) {
                throw ModelException.badRequest("message", "START", "START only once, as the first message");
            }
            start(message.getStart());
            return;
        }
        if (session == null) {
            throw ModelException.badRequest("message", message.getMessageCase(), "START first");
        }
        switch (message.getMessageCase()) {
            case AUDIO -> audio(session, message.getAudio());
            case END -> complete();
            default -> {
                try {
                    act(session, message);
                } catch (ModelException e) {
                    // One message is wrong, or one response not possible; the session goes on.
                    send(error(e, ""));
                }
            }
        }
    }

    private void act(Open session, SpeechToSpeechRequest message) {
        switch (message.getMessageCase()) {
            case ACTIVITY -> activity(session, message.getActivity());
            case TEXT -> text(session, message.getText());
            case DTMF -> {
                SessionLimits.key(message.getDtmf().getDigit(), session.memory.keys());
                session.memory.key(message.getDtmf().getDigit());
            }
            case TOOL_RESULT -> toolResult(session, message.getToolResult());
            case PLAYBACK -> playback(session, message.getPlayback());
            case INTERRUPT -> interrupt(session, message.getInterrupt());
            case UPDATE ->
                throw ModelException.badRequest(
                        "update.instructions",
                        "another text",
                        "none: the pool's instructions hold for all of its calls");
            // A newer client's message; ignoring it keeps the call up.
            default -> {}
        }
    }

    private void start(SessionStart start) {
        SessionLimits.start(start);
        AudioFormat in = Formats.readable("start.format_in", start.getFormatIn());
        AudioFormat out = Formats.readable("start.format_out", start.getFormatOut());
        PreparedSpec spec = models.preparation().find(start.getSpecHash());
        Pipeline parts = models.catalog().speechToSpeech(start.getModel());
        ResumeToken left = ResumeToken.of(start.getResumeToken());
        List<DialogueTurn> before = start.getHistoryCount() > 0 ? start.getHistoryList() : left.turns();
        SessionMemory memory = new SessionMemory(before, left.state());
        int finished = (int) before.stream()
                .filter(turn -> turn.getSpeaker() == Speaker.SPEAKER_CALLER)
                .count();
        open = new Open(
                start,
                memory,
                new SessionLimits(in.getSampleRateHz(), models.timers()),
                new SessionHearing(
                        models, parts.getSpeechToText(), spec, start, callerId(), finished, this::later, this),
                new SessionReplies(models, spec, parts, start, callerId(), this::later, outlet, this),
                new ToolCalls());
        age();
        send(SpeechToSpeechResponse.newBuilder()
                .setReady(SessionReady.newBuilder()
                        .setFormatIn(in)
                        .setFormatOut(out)
                        .setTurnOwner(TurnOwner.TURN_OWNER_CLIENT)
                        .setTools(true)
                        .setCallerTranscript(true)
                        .setTruncates(true)
                        .setMaxSessionMs((int) longest.toMillis()))
                .build());
    }

    private void age() {
        Duration notice = NOTICE.compareTo(longest.dividedBy(2)) < 0 ? NOTICE : longest.dividedBy(2);
        aging = models.timers().after(longest.minus(notice), () -> {
            goAway(notice);
            later(() -> aging = models.timers().after(notice, this::complete));
        });
    }

    // The caller.

    private void audio(Open session, SessionAudio audio) {
        short[] samples = Formats.decode(session.start.getFormatIn().getCodec(), audio.getPayload());
        session.limits.audio(audio.getSeq(), samples.length);
        session.hearing.audio(audio, samples);
    }

    private static void activity(Open session, Activity activity) {
        if (activity.getOn()) {
            session.hearing.begins(activity);
            return;
        }
        switch (activity.getEnd()) {
            case ACTIVITY_END_PAUSE -> session.hearing.pauses();
            case ACTIVITY_END_NOTHING -> {
                session.hearing.forget();
                session.memory.forget();
            }
            case ACTIVITY_END_UNSPECIFIED -> session.hearing.ends(session.replies.name(activity.getResponseId()));
            case UNRECOGNIZED ->
                throw ModelException.badRequest("activity.end", activity.getEndValue(), "PAUSE, NOTHING or none");
        }
    }

    @Override
    public void heard(SessionTranscript transcript) {
        Open session = open;
        if (session != null) {
            session.memory.heard(transcript.getText());
            send(SpeechToSpeechResponse.newBuilder().setTranscript(transcript).build());
        }
    }

    @Override
    public void turnIsOver(String responseId) {
        Open session = open;
        if (session != null) {
            respond(session, responseId, true);
        }
    }

    @Override
    public void hearingFailed(ModelException failure, String responseId) {
        send(error(failure, responseId));
    }

    private void text(Open session, SessionText text) {
        SessionLimits.text("text.text", text.getText());
        SessionLimits.text("text.not_heard", text.getNotHeard());
        Speaker speaker = switch (text.getSpeaker()) {
            case SPEAKER_UNSPECIFIED, SPEAKER_CALLER -> Speaker.SPEAKER_CALLER;
            case SPEAKER_AGENT -> Speaker.SPEAKER_AGENT;
            case SPEAKER_TOOL, UNRECOGNIZED ->
                throw ModelException.badRequest("text.speaker", text.getSpeaker(), "SPEAKER_CALLER or SPEAKER_AGENT");
        };
        if (!text.getText().isBlank()) {
            session.memory.know(DialogueTurn.newBuilder()
                    .setSpeaker(speaker)
                    .setText(text.getText().strip())
                    .setInterrupted(!text.getNotHeard().isBlank())
                    .setNotHeard(text.getNotHeard().strip())
                    .build());
        }
        if (text.getRespond()) {
            respond(session, session.replies.name(text.getResponseId()), false);
        }
    }

    private void toolResult(Open session, ToolResult result) {
        SessionLimits.result(result);
        session.memory.know(session.toolCalls.answered(result));
        if (result.getRespond()) {
            respond(session, session.replies.name(result.getResponseId()), false);
        }
    }

    // The agent.

    /**
     * Begins a response.
     *
     * @param answersTurn whether to the caller's turn at hand
     */
    private void respond(Open session, String id, boolean answersTurn) {
        try {
            if (answersTurn) {
                session.replies.uncommitted().forEach(reply -> drop(session, reply));
            }
            session.replies.begin(id, answersTurn, session.memory);
        } catch (ModelException e) {
            send(error(e, id));
        }
    }

    private void playback(Open session, Playback playback) {
        SessionReply reply = session.replies.find(playback.getResponseId());
        if (reply == null) {
            return;
        }
        if (!reply.committed()) {
            reply.commit();
            session.memory.commit(reply.utterance());
            if (reply.utterance().answersTurn()) {
                session.hearing.counts();
            }
        }
        switch (playback.getState()) {
            case PLAYBACK_STATE_PROGRESS, PLAYBACK_STATE_FLUSHED ->
                session.memory.played(reply.utterance(), Integer.toUnsignedLong(playback.getPlayedMs()));
            case PLAYBACK_STATE_DONE -> session.memory.playedWhole(reply.utterance());
            case PLAYBACK_STATE_STARTED -> {}
            case PLAYBACK_STATE_UNSPECIFIED, UNRECOGNIZED ->
                throw ModelException.badRequest(
                        "playback.state", playback.getState(), "STARTED, PROGRESS, FLUSHED or DONE");
        }
    }

    private void interrupt(Open session, Interrupt interrupt) {
        session.hearing.interrupted(interrupt.getResponseId());
        SessionReply reply = session.replies.find(interrupt.getResponseId());
        if (reply == null) {
            return;
        }
        if (reply.committed()) {
            reply.stop();
            session.memory.played(reply.utterance(), Integer.toUnsignedLong(interrupt.getPlayedMs()));
        } else {
            drop(session, reply);
        }
        send(SpeechToSpeechResponse.newBuilder()
                .setInterrupted(SessionInterrupted.newBuilder().setResponseId(reply.id()))
                .build());
    }

    /** It leaves no trace. */
    private void drop(Open session, SessionReply reply) {
        session.replies.drop(reply);
        List<String> calls = session.toolCalls.dropped(reply.id());
        if (!calls.isEmpty()) {
            send(SpeechToSpeechResponse.newBuilder()
                    .setToolCallCancelled(ToolCallCancelled.newBuilder().addAllToolCallIds(calls))
                    .build());
        }
    }

    @Override
    public void wants(SessionReply reply, Action action) {
        send(SpeechToSpeechResponse.newBuilder()
                .setAction(action.toBuilder().setResponseId(reply.id()))
                .build());
    }

    @Override
    public void wants(SessionReply reply, ToolCallDelta delta) {
        Open session = open;
        if (session != null) {
            send(SpeechToSpeechResponse.newBuilder()
                    .setToolCall(session.toolCalls.wanted(reply.id(), delta))
                    .build());
        }
    }

    @Override
    public void generated(SessionReply reply, GenerateDone done) {
        Open session = open;
        if (session == null) {
            return;
        }
        session.memory.made(reply.utterance(), done.getProviderState());
        send(SpeechToSpeechResponse.newBuilder()
                .setUsage(SessionUsage.newBuilder()
                        .setAudioSecondsIn(session.hearing.takeSeconds())
                        .setAudioSecondsOut(session.replies.takeSecondsOut())
                        .setInputTokens(done.getInputTokens())
                        .setOutputTokens(done.getOutputTokens()))
                .build());
        send(SpeechToSpeechResponse.newBuilder()
                .setTurn(SessionTurn.newBuilder()
                        .setKind(SessionTurnKind.SESSION_TURN_KIND_GENERATION_DONE)
                        .setResponseId(reply.id())
                        .setResumeToken(session.memory.after(reply.utterance()).toString())
                        .setExpecting(done.getExpecting())
                        .setServedBy(done.getServedBy()))
                .build());
    }

    @Override
    public void recited(SessionReply reply) {
        send(SpeechToSpeechResponse.newBuilder()
                .setTurn(SessionTurn.newBuilder()
                        .setKind(SessionTurnKind.SESSION_TURN_KIND_RESPONSE_DONE)
                        .setResponseId(reply.id()))
                .build());
    }

    @Override
    public void failed(SessionReply reply, ModelException failure) {
        reply.stop();
        send(error(failure, reply.id()));
    }

    // The session.

    @Override
    public boolean goAway(Duration left) {
        later(() -> {
            Open session = open;
            send(SpeechToSpeechResponse.newBuilder()
                    .setGoAway(SessionGoAway.newBuilder()
                            .setTimeLeftMs((int) left.toMillis())
                            .setResumeToken(
                                    session == null
                                            ? ""
                                            : session.memory.token().toString()))
                    .build());
        });
        return true;
    }

    private void send(SpeechToSpeechResponse message) {
        outlet.send(message);
    }

    private static SpeechToSpeechResponse error(ModelException failure, String responseId) {
        return SpeechToSpeechResponse.newBuilder()
                .setError(SessionError.newBuilder().setError(failure.error()).setResponseId(responseId))
                .build();
    }

    @Override
    void halfClosed() {
        complete();
    }

    @Override
    void release() {
        aging.cancel();
        Open session = open;
        if (session != null) {
            session.hearing.close();
            session.replies.stop();
        }
    }
}
