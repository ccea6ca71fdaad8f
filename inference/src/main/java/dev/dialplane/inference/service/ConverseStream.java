package dev.dialplane.inference.service;

import dev.dialplane.contracts.common.v1.AudioFormat;
import dev.dialplane.contracts.common.v1.Fact;
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
import dev.dialplane.contracts.inference.v1.Transcript;
import dev.dialplane.contracts.inference.v1.TurnOwner;
import dev.dialplane.inference.call.Caller;
import dev.dialplane.inference.conversing.ResumeToken;
import dev.dialplane.inference.conversing.SessionMemory;
import dev.dialplane.inference.conversing.ToolCalls;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.hearing.Hearing;
import dev.dialplane.inference.hearing.HearingListener;
import dev.dialplane.inference.hearing.HearingRequest;
import dev.dialplane.inference.model.ModelPart;
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
        implements HearingListener, SessionReply.Listener {
    /** How long before its end a session is asked to go elsewhere. */
    private static final Duration NOTICE = Duration.ofSeconds(30);

    private final SessionModels models;
    private final Duration longest;
    /** Where a session stands; null before its start. The session's thread alone changes it. */
    private volatile @Nullable Open open;

    private Cancellable aging = Cancellable.NOTHING;

    /** What there is from the start on. */
    private static final class Open {
        final SessionStart start;
        final Pipeline parts;
        final SessionMemory memory;
        final SessionLimits limits;
        final SessionReplies replies;
        final ToolCalls toolCalls = new ToolCalls();
        /** Set right after the rest. */
        Hearing hearing = NOTHING;

        /** The caller's turn at hand has audio, which the recognizer knows by this number. */
        boolean heardSome;

        long utterance;
        long activityStartMs;
        boolean speaking;
        /** How much of it the recognizer was given, how much when it was last asked, and how much it has told of. */
        long given;

        long asked;
        long told = -1;
        /** What to call the response to the turn at hand that waits for its words; null if none does. */
        @Nullable
        String awaited;

        long samplesIn;

        Open(SessionStart start, Pipeline parts, SessionMemory memory, SessionLimits limits, SessionReplies replies) {
            this.start = start;
            this.parts = parts;
            this.memory = memory;
            this.limits = limits;
            this.replies = replies;
        }
    }

    private static final Hearing NOTHING = new Hearing() {
        @Override
        public void audio(long utterance, long mediaTimeMs, short[] samples) {}

        @Override
        public void finish(long utterance, boolean speculative) {}

        @Override
        public void cancel(long utterance) {}

        @Override
        public void close() {}
    };

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
        SessionReplies replies = new SessionReplies(models, spec, parts, start, callerId(), this::later, outlet, this);
        Open session =
                new Open(start, parts, memory, new SessionLimits(in.getSampleRateHz(), models.timers()), replies);
        int finished = (int) before.stream()
                .filter(turn -> turn.getSpeaker() == Speaker.SPEAKER_CALLER)
                .count();
        session.hearing = models.catalog()
                .recognizer(parts.getSpeechToText())
                .open(
                        new HearingRequest(
                                callerId(),
                                finished,
                                start.getLanguage(),
                                in.getSampleRateHz(),
                                spec.spec().getFactsList().stream()
                                        .map(Fact::getValue)
                                        .toList(),
                                true,
                                Duration.ZERO),
                        this);
        open = session;
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
        if (session.speaking) {
            session.samplesIn += samples.length;
            session.given++;
            session.hearing.audio(session.utterance, audio.getMediaTimeMs(), samples);
        }
    }

    private void activity(Open session, Activity activity) {
        if (activity.getOn()) {
            if (!session.heardSome) {
                session.heardSome = true;
                session.utterance++;
                session.activityStartMs = activity.getMediaTimeMs();
                session.given = 0;
                session.told = -1;
            }
            session.speaking = true;
            return;
        }
        session.speaking = false;
        switch (activity.getEnd()) {
            case ACTIVITY_END_PAUSE -> ask(session);
            case ACTIVITY_END_NOTHING -> forget(session);
            case ACTIVITY_END_UNSPECIFIED -> {
                if (session.heardSome && session.told != session.given) {
                    session.awaited = session.replies.name(activity.getResponseId());
                    ask(session);
                } else {
                    respond(session, session.replies.name(activity.getResponseId()), true);
                }
            }
            case UNRECOGNIZED ->
                throw ModelException.badRequest("activity.end", activity.getEndValue(), "PAUSE, NOTHING or none");
        }
    }

    private static void ask(Open session) {
        if (session.heardSome) {
            session.asked = session.given;
            session.hearing.finish(session.utterance, true);
        }
    }

    private static void forget(Open session) {
        if (session.heardSome) {
            session.hearing.cancel(session.utterance);
        }
        session.heardSome = false;
        session.awaited = null;
        session.memory.forget();
    }

    @Override
    public void heard(Transcript transcript) {
        later(() -> {
            Open session = open;
            if (session == null || !session.heardSome || transcript.getUtteranceId() != session.utterance) {
                return;
            }
            boolean whole = transcript.getFinal() && session.asked == session.given;
            if (transcript.getFinal()) {
                models.metrics()
                        .served(
                                ModelPart.SPEECH_TO_TEXT,
                                session.parts.getSpeechToText().getProvider(),
                                session.parts.getSpeechToText().getModel(),
                                transcript.getQueueMs(),
                                transcript.getComputeMs());
            }
            session.memory.heard(transcript.getText());
            send(SpeechToSpeechResponse.newBuilder()
                    .setTranscript(SessionTranscript.newBuilder()
                            .setSpeaker(Speaker.SPEAKER_CALLER)
                            .setText(transcript.getText())
                            .setFinal(whole)
                            .setStartMs(session.activityStartMs)
                            .setEndMs(transcript.getMediaTimeMs())
                            .addAllWords(transcript.getWordsList()))
                    .build());
            if (whole) {
                session.told = session.given;
                String awaited = session.awaited;
                if (awaited != null) {
                    session.awaited = null;
                    respond(session, awaited, true);
                }
            }
        });
    }

    @Override
    public void failed(long utterance, ModelException failure) {
        later(() -> {
            Open session = open;
            if (session == null || !session.heardSome || utterance != session.utterance) {
                return;
            }
            models.metrics()
                    .failed(
                            ModelPart.SPEECH_TO_TEXT,
                            session.parts.getSpeechToText().getProvider(),
                            session.parts.getSpeechToText().getModel(),
                            failure);
            String awaited = session.awaited;
            session.awaited = null;
            send(error(failure, awaited == null ? "" : awaited));
        });
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
                session.heardSome = false;
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
        if (interrupt.getResponseId().equals(session.awaited)) {
            session.awaited = null;
        }
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
        int rate = session.start.getFormatIn().getSampleRateHz();
        send(SpeechToSpeechResponse.newBuilder()
                .setUsage(SessionUsage.newBuilder()
                        .setAudioSecondsIn((double) session.samplesIn / rate)
                        .setAudioSecondsOut(session.replies.takeSecondsOut())
                        .setInputTokens(done.getInputTokens())
                        .setOutputTokens(done.getOutputTokens()))
                .build());
        session.samplesIn = 0;
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
