package dev.dialplane.agent.call;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.dialplane.agent.hearing.Ear;
import dev.dialplane.agent.hearing.MediaClock;
import dev.dialplane.agent.hearing.PcmRing;
import dev.dialplane.agent.inference.Recognition;
import dev.dialplane.agent.loop.Loop;
import dev.dialplane.agent.speaking.CarrierCodec;
import dev.dialplane.audio.L16;
import dev.dialplane.audio.Resampler;
import dev.dialplane.contracts.agent.v1.AudioIn;
import dev.dialplane.contracts.common.v1.AudioFormat;
import dev.dialplane.contracts.common.v1.Codec;
import dev.dialplane.contracts.common.v1.Fact;
import dev.dialplane.contracts.inference.v1.TranscribeStart;
import dev.dialplane.contracts.inference.v1.Transcript;
import io.grpc.Status;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * From the carrier's frames to speech that begins and ends, and to its transcript.
 *
 * <p>The recognizer gets audio in pieces of 100 ms, and only an utterance and a little before it. If its stream breaks,
 * another is opened and the utterance sent again. Positions are samples at 8 kHz, as the {@link Ear} counts them.
 */
final class Listening implements Ear.Listener, Recognition.Listener {
    /** Hears what the caller does. */
    interface Listener {
        void speechBegan(long onset);

        void speechEnded(long end);

        /** Of the utterance at hand; {@code whole} if the text covers all of it. */
        void transcript(String text, boolean whole);

        /** The recognizer did not make anything of the utterance, and will not. */
        void transcriptFailed();

        /** A model thinks that the caller, who is silent since, has finished: how likely that is, 0 to 1. */
        void endPredicted(double finished);
    }

    private static final System.Logger LOG = System.getLogger(Listening.class.getName());
    /** What is sent of the time before an onset: the soft beginning of a word. */
    private static final int PREROLL_MS = 300;

    private static final int PIECE_MS = 100;
    /** What is kept to be sent again over another stream. */
    private static final int KEPT_SECONDS = 8;
    /** A transcript that ends this much before what was sent leaves words out. */
    private static final int TOLERANCE_MS = 150;

    private static final long FIRST_RETRY_NANOS = 250_000_000;
    private static final long LONGEST_RETRY_NANOS = 4_000_000_000L;
    /** A second of L16 at 48 kHz: no carrier sends as much at once. */
    private static final int MOST_FRAME_BYTES = 96_000;

    private final CallContext call;
    private final Listener listener;
    private final CarrierCodec codec;
    private final Pipeline pipeline;
    private final CarrierCodec wire;
    private final int rate;
    private final Ear ear = new Ear(this);
    private final MediaClock clock = new MediaClock(Ear.RATE);
    private final PcmRing ring;
    private final @Nullable Resampler toEar;
    private byte[] coded = new byte[960];
    private short[] samples = new short[960];
    private short[] forEar = new short[960];

    private long anchorSample;
    private long anchorMs;

    private final EndOfTurnModel endOfTurn;
    private @Nullable Recognition recognition;
    private Loop.@Nullable Timer retry;
    private long retryNanos = FIRST_RETRY_NANOS;
    private long utterance;
    private long utteranceStart;
    private int finished;
    private long sentUpTo;
    /** Where speech ended last. */
    private long paused;
    /** Where it ended in the last utterance that was taken. */
    private long takenUpTo;

    private boolean open;
    private boolean feeding;
    private boolean finishing;
    private boolean deaf;

    Listening(CallContext call, Pipeline pipeline, Listener listener) {
        this.call = call;
        this.pipeline = pipeline;
        wire = pipeline.wire();
        this.listener = listener;
        codec = call.codecIn();
        rate = codec.rate();
        endOfTurn = new EndOfTurnModel(call);
        ring = new PcmRing(KEPT_SECONDS * rate);
        toEar = rate == Ear.RATE ? null : Resampler.between(rate, Ear.RATE);
    }

    /** How many utterances another agent has heard to their end. To be said before the first stream. */
    void finishedBefore(int utterances) {
        finished = utterances;
    }

    /** Opens the recognizer's stream, so that the first utterance does not wait for it. */
    void start() {
        if (recognition == null && !deaf) {
            recognition = pipeline.recognize(startMessage(), this);
        }
    }

    /** One frame of the carrier's. What is too large for one is cut off. */
    void frame(AudioIn frame) {
        int length = Math.min(frame.getPayload().size(), MOST_FRAME_BYTES);
        if (coded.length < length) {
            coded = new byte[length];
            samples = new short[length];
        }
        frame.getPayload().copyTo(coded, 0, 0, length);
        int count = codec.decode(coded, length, samples);
        anchorSample = ear.heard();
        anchorMs = frame.getMediaTimeMs();
        call.tally().heard((double) count / rate);
        ring.add(samples, 0, count);
        short[] heard = samples;
        int heardCount = count;
        if (toEar != null) {
            if (forEar.length < toEar.maxOutput(count)) {
                forEar = new short[toEar.maxOutput(count)];
            }
            heardCount = toEar.process(samples, 0, count, forEar, 0);
            heard = forEar;
        }
        clock.arrived(ear.heard() + heardCount, call.loop().nanos());
        if (!deaf) {
            ear.hear(heard, 0, heardCount, frame.getConcealed());
            if (feeding && ring.end() - sentUpTo >= (long) PIECE_MS * rate / 1000) {
                sendPieces();
            }
        }
    }

    /** While deaf, nothing is speech: the caller is on hold. */
    void deaf(boolean nowDeaf) {
        deaf = nowDeaf;
    }

    /** How many samples were heard. */
    long heard() {
        return ear.heard();
    }

    /** The loudest 10 ms since a sample, as an RMS value in 16-bit steps. */
    float loudest(long since) {
        return ear.loudestSince(since);
    }

    /** How many times 10 ms were heard. */
    long frames() {
        return ear.frames();
    }

    /** How loud one of them was, as an RMS value in 16-bit steps. */
    float level(long frame) {
        return ear.level(frame);
    }

    /** Whether any of it was made in place of what the line has lost. */
    boolean concealed(long frame) {
        return ear.concealed(frame);
    }

    /** Since when somebody speaks, or last spoke. */
    long onset() {
        return ear.onset();
    }

    /** The caller's time of a sample. */
    long mediaMs(long sample) {
        return Math.max(0, anchorMs + (sample - anchorSample) * 1000 / Ear.RATE);
    }

    /** When a sample was spoken, in the loop's time. */
    long nanosAt(long sample) {
        return clock.nanosAt(sample);
    }

    /**
     * From where on an utterance is heard whose speech began at {@code onset}: a little before it, but not the last word of
     * what was taken before, which would be understood twice.
     */
    long from(long onset) {
        return Math.max(takenUpTo, onset - (long) PREROLL_MS * Ear.RATE / 1000);
    }

    /** Begins an utterance whose speech began at {@code onset}; ids rise. */
    void begin(long id, long onset) {
        start();
        utterance = id;
        utteranceStart = Math.max(ring.start(), from(onset) * rate / Ear.RATE);
        sentUpTo = utteranceStart;
        open = true;
        feeding = true;
        finishing = false;
    }

    /** The utterance goes on. */
    void more() {
        endOfTurn.drop();
        feeding = true;
        finishing = false;
    }

    /** Nobody speaks: asks for the transcript of what there is, and whether that is all. */
    void finish() {
        feeding = false;
        finishing = true;
        sendPieces();
        if (recognition != null) {
            recognition.finish(utterance);
        }
        if (endOfTurn.present()) {
            long from =
                    Math.max(Math.max(utteranceStart, ring.start()), ring.end() - (long) EndOfTurnModel.SECONDS * rate);
            endOfTurn.ask(linear(piece(from, (int) (ring.end() - from))), rate, listener::endPredicted);
        }
    }

    /** The utterance was taken: the next speech is another. */
    void end() {
        if (open) {
            finished++;
            takenUpTo = paused;
        }
        rest();
    }

    private void rest() {
        endOfTurn.drop();
        open = false;
        feeding = false;
        finishing = false;
    }

    /** The utterance was nothing. */
    void forget() {
        if (open && recognition != null) {
            recognition.forget(utterance);
        }
        rest();
    }

    void close() {
        rest();
        deaf = true;
        leave();
    }

    @Override
    public void speechBegan(long onset) {
        listener.speechBegan(onset);
    }

    @Override
    public void speechEnded(long end) {
        paused = end;
        listener.speechEnded(end);
    }

    @Override
    public void transcript(Transcript transcript) {
        if (!open || transcript.getUtteranceId() != utterance) {
            return;
        }
        retryNanos = FIRST_RETRY_NANOS;
        long upTo = transcript.getMediaTimeMs();
        boolean covers = upTo == 0 || upTo + TOLERANCE_MS >= mediaMs(sentUpTo * Ear.RATE / rate);
        boolean whole = transcript.getFinal() && finishing && covers;
        listener.transcript(transcript.getText().strip(), whole);
    }

    @Override
    public void utteranceFailed(long id, String message) {
        LOG.log(Level.WARNING, "call {0}: the recognizer failed on an utterance: {1}", call.fence(), message);
        if (open && id == utterance) {
            listener.transcriptFailed();
        }
    }

    @Override
    public void lost(Status status) {
        if (retryNanos == FIRST_RETRY_NANOS) {
            LOG.log(
                    Level.WARNING,
                    "call {0}: the recognizer''s stream is gone ({1}: {2}), opening another",
                    call.fence(),
                    status.getCode(),
                    status.getDescription());
        }
        leave();
        retry = call.loop().after(retryNanos, this::again);
        retryNanos = Math.min(2 * retryNanos, LONGEST_RETRY_NANOS);
    }

    @Override
    public void goAway() {
        leave();
        again();
    }

    private void leave() {
        if (recognition != null) {
            recognition.close();
            recognition = null;
        }
        if (retry != null) {
            retry.cancel();
        }
    }

    /** Another stream; it has heard nothing of the utterance. */
    private void again() {
        retry = null;
        start();
        if (open && recognition != null) {
            sentUpTo = Math.max(ring.start(), utteranceStart);
            sendPieces();
            if (finishing) {
                recognition.finish(utterance);
            }
        }
    }

    private void sendPieces() {
        if (recognition == null) {
            return;
        }
        sentUpTo = Math.max(sentUpTo, ring.start());
        int most = rate;
        while (sentUpTo < ring.end()) {
            int count = (int) Math.min(most, ring.end() - sentUpTo);
            short[] next = piece(sentUpTo, count);
            recognition.audio(
                    utterance, mediaMs(sentUpTo * Ear.RATE / rate), UnsafeByteOperations.unsafeWrap(wire.encode(next)));
            sentUpTo += count;
            call.tally().recognized((double) count / rate);
        }
    }

    private static ByteString linear(short[] samples) {
        return UnsafeByteOperations.unsafeWrap(L16.LITTLE_ENDIAN.encode(samples));
    }

    private short[] piece(long from, int count) {
        short[] piece = new short[count];
        ring.copy(from, piece, 0, count);
        return piece;
    }

    private TranscribeStart startMessage() {
        TranscribeStart.Builder start = TranscribeStart.newBuilder()
                .setModel(call.spec().getPipeline().getSpeechToText())
                .setLanguage(call.spec().getLanguage())
                .setFormat(AudioFormat.newBuilder().setCodec(Codec.CODEC_L16).setSampleRateHz(rate))
                .setPartials(true)
                .setFinishedUtterances(finished);
        for (Fact fact : call.spec().getFactsList()) {
            start.addHints(fact.getValue());
        }
        return start.build();
    }
}
