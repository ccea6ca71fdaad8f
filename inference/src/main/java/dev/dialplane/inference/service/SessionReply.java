package dev.dialplane.inference.service;

import com.google.protobuf.UnsafeByteOperations;
import dev.dialplane.contracts.common.v1.AudioFormat;
import dev.dialplane.contracts.common.v1.Codec;
import dev.dialplane.contracts.inference.v1.Action;
import dev.dialplane.contracts.inference.v1.GenerateDone;
import dev.dialplane.contracts.inference.v1.SessionAudioOut;
import dev.dialplane.contracts.inference.v1.SessionTranscript;
import dev.dialplane.contracts.inference.v1.SessionTurn;
import dev.dialplane.contracts.inference.v1.SessionTurnKind;
import dev.dialplane.contracts.inference.v1.Speaker;
import dev.dialplane.contracts.inference.v1.SpeechToSpeechResponse;
import dev.dialplane.contracts.inference.v1.ToolCallDelta;
import dev.dialplane.contracts.inference.v1.Word;
import dev.dialplane.inference.conversing.Utterance;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.speaking.Clauses;
import dev.dialplane.inference.speaking.Spoken;
import dev.dialplane.inference.speaking.Voice;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One response of a session on its way: a dialogue model's text, clause by clause into a voice. What the two give is taken
 * in on the session's thread; audio goes out past it.
 */
final class SessionReply implements GuardedReply.Sink, Recital.Listener, Recital.Messages<SpeechToSpeechResponse> {
    /** Hears of it, on the session's thread. */
    interface Listener {
        /** What it says and wants is whole. */
        void generated(SessionReply reply, GenerateDone done);

        /** It wants something done. */
        void wants(SessionReply reply, Action action);

        /** It wants a tool called, or says more of the arguments. */
        void wants(SessionReply reply, ToolCallDelta delta);

        /** All of its audio was given to the transport. */
        void recited(SessionReply reply);

        /** Nothing more will come of it. */
        void failed(SessionReply reply, ModelException failure);
    }

    private final String id;
    private final Utterance utterance;
    private final Executor session;
    private final Listener listener;
    private final AudioFormat format;
    private final int voiceHz;
    private final StringBuilder text = new StringBuilder();
    private final Recital<SpeechToSpeechResponse> recital;
    private @Nullable GuardedReply reply;
    private boolean committed;
    private boolean over;
    /** Samples of whole clauses. Guarded by the recital. */
    private int samplesBefore;

    private final AtomicInteger samplesMade = new AtomicInteger();

    /**
     * @param session runs one thing at a time
     * @param reciting makes what speaks this reply's messages
     */
    SessionReply(
            String id,
            Utterance utterance,
            Executor session,
            Listener listener,
            AudioFormat format,
            Voice voice,
            Function<SessionReply, Recital<SpeechToSpeechResponse>> reciting) {
        this.id = id;
        this.utterance = utterance;
        this.session = session;
        this.listener = listener;
        this.format = format;
        voiceHz = voice.sampleRate();
        recital = reciting.apply(this);
    }

    void begin(GuardedReply guarded) {
        reply = guarded;
        guarded.begin();
    }

    String id() {
        return id;
    }

    Utterance utterance() {
        return utterance;
    }

    /** Whether something of it was played. */
    boolean committed() {
        return committed;
    }

    void commit() {
        committed = true;
    }

    /** Whether nothing more will come of it. */
    boolean over() {
        return over;
    }

    /** Stops it: from here on nothing of it is made or sent. */
    void stop() {
        over = true;
        recital.release();
        if (reply != null) {
            reply.cancel();
        }
    }

    /** Seconds of audio that were made since the last time. */
    double takeSeconds() {
        int samples = samplesMade.getAndSet(0);
        return (double) samples / format.getSampleRateHz();
    }

    /** The transport takes more. */
    void proceed() {
        recital.proceed();
    }

    private void later(Runnable task) {
        session.execute(() -> {
            if (!over) {
                try {
                    task.run();
                } catch (ModelException e) {
                    listener.failed(this, e);
                }
            }
        });
    }

    @Override
    public void text(String piece) {
        later(() -> {
            // The beginning of another word shows whether the clause before it is over.
            List<String> clauses = Clauses.of(text.append(piece) + "x");
            clauses.subList(0, clauses.size() - 1).forEach(this::clause);
            text.setLength(0);
            String rest = clauses.getLast();
            text.append(rest, 0, rest.length() - 1);
        });
    }

    private void clause(String clause) {
        utterance.says(clause);
        recital.add(clause.strip());
    }

    @Override
    public void toolCall(ToolCallDelta delta) {
        later(() -> listener.wants(this, delta));
    }

    @Override
    public void action(Action action) {
        later(() -> listener.wants(this, action));
    }

    @Override
    public void done(GenerateDone done) {
        later(() -> {
            if (!text.toString().isBlank()) {
                clause(text.toString());
            }
            listener.generated(this, done);
            recital.finish();
        });
    }

    @Override
    public void recited() {
        later(() -> {
            over = true;
            listener.recited(this);
        });
    }

    @Override
    public void failed(ModelException failure) {
        later(() -> listener.failed(this, failure));
    }

    @Override
    public List<SpeechToSpeechResponse> before(int sequence, String clause) {
        List<SpeechToSpeechResponse> messages = new ArrayList<>();
        if (sequence == 0) {
            messages.add(SpeechToSpeechResponse.newBuilder()
                    .setTurn(SessionTurn.newBuilder()
                            .setKind(SessionTurnKind.SESSION_TURN_KIND_AGENT_STARTED)
                            .setResponseId(id))
                    .build());
        }
        messages.add(SpeechToSpeechResponse.newBuilder()
                .setTranscript(transcript(clause).setEndMs(ms(samplesBefore)))
                .build());
        return messages;
    }

    @Override
    public SpeechToSpeechResponse audio(int sequence, int firstSample, byte[] payload) {
        int bytesPerSample = format.getCodec() == Codec.CODEC_L16 ? 2 : 1;
        long until = ms(samplesBefore + firstSample + payload.length / bytesPerSample);
        later(() -> utterance.sounds(until));
        return SpeechToSpeechResponse.newBuilder()
                .setAudio(SessionAudioOut.newBuilder()
                        .setResponseId(id)
                        .setFirstSample(samplesBefore + firstSample)
                        .setPayload(UnsafeByteOperations.unsafeWrap(payload)))
                .build();
    }

    @Override
    public SpeechToSpeechResponse done(int sequence, String clause, Spoken spoken, int samples) {
        long from = ms(samplesBefore);
        long end = ms(samplesBefore + samples);
        SessionTranscript.Builder transcript = transcript(clause).setFinal(true).setEndMs(end);
        List<Utterance.Word> words = new ArrayList<>();
        for (Spoken.Span span : spoken.spans()) {
            String word = clause.substring(span.textStart(), span.textEnd());
            long wordEnd = Math.min(end, from + span.sampleEnd() * 1000L / voiceHz);
            words.add(new Utterance.Word(word, wordEnd));
            transcript.addWords(Word.newBuilder()
                    .setText(word)
                    .setStartMs(from + span.sampleStart() * 1000L / voiceHz)
                    .setEndMs(wordEnd)
                    .setConfidence(1));
        }
        samplesBefore += samples;
        samplesMade.addAndGet(samples);
        later(() -> utterance.spoken(sequence, words, end));
        return SpeechToSpeechResponse.newBuilder().setTranscript(transcript).build();
    }

    private SessionTranscript.Builder transcript(String clause) {
        return SessionTranscript.newBuilder()
                .setSpeaker(Speaker.SPEAKER_AGENT)
                .setText(clause)
                .setStartMs(ms(samplesBefore))
                .setResponseId(id);
    }

    private long ms(int samples) {
        return samples * 1000L / format.getSampleRateHz();
    }
}
