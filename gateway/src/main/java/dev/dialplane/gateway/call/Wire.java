package dev.dialplane.gateway.call;

import dev.dialplane.contracts.agent.v1.AudioOut;
import dev.dialplane.contracts.agent.v1.SendDtmf;
import dev.dialplane.gateway.carrier.CarrierLine;
import dev.dialplane.gateway.carrier.Dialect;
import dev.dialplane.gateway.carrier.MarkName;
import dev.dialplane.gateway.carrier.NextStep;
import dev.dialplane.gateway.ingress.Ingress;
import dev.dialplane.gateway.ingress.IngressPort;
import dev.dialplane.gateway.ingress.LineDecoder;
import dev.dialplane.gateway.ingress.OpusDecoder;
import dev.dialplane.gateway.ingress.SampleDecoder;
import dev.dialplane.gateway.playout.DialedDigits;
import dev.dialplane.gateway.playout.Heard;
import dev.dialplane.gateway.playout.LineNoise;
import dev.dialplane.gateway.playout.Playout;
import dev.dialplane.gateway.playout.PlayoutPort;
import dev.dialplane.gateway.playout.PlayoutShape;
import dev.dialplane.gateway.playout.SoundKind;
import java.nio.ByteBuffer;

/**
 * The carrier's side of one call: the caller's audio as it comes in, put in order, and what the caller hears, paced. Knows
 * nothing of agents. For the call's home thread.
 */
final class Wire implements PlayoutPort, IngressPort {
    /** What the call hears of its carrier's side. */
    interface Listener {
        /** The caller's next frame; see {@link IngressPort#frame}. */
        void callerFrame(long mediaTime, byte[] payload, boolean concealed);

        /** So much of a generation was heard. */
        void heardUpTo(long generation, long sample, Heard heard);

        /** Speech begins to be sent, after something else or nothing. */
        void speechOnTheWire();
    }

    private final CarrierLine line;
    private final Listener listener;
    private final Ingress ingress;
    private final Playout playout;
    private final NoiseFloor floor;
    private final LineNoise noise;
    private final DialedDigits digits;
    private final CallRecording recording;
    private final long openedAt;
    private long newestGeneration;
    private boolean gone;

    /**
     * A line that is open.
     *
     * @param coding how samples are coded
     * @param seed of the noise that fills what is missing
     * @param recording hears everything that passes
     */
    Wire(
            CarrierLine line,
            PlayoutShape shape,
            Dialect.Coding coding,
            int seed,
            CallRecording recording,
            long now,
            Listener listener) {
        this.line = line;
        this.recording = recording;
        this.listener = listener;
        noise = new LineNoise(coding.sampleRate(), coding.samples(), seed);
        floor = new NoiseFloor(coding.samples());
        LineDecoder decoder = coding == Dialect.Coding.OPUS_16000
                ? new OpusDecoder()
                : new SampleDecoder(coding.sampleRate(), coding.samples());
        ingress = new Ingress(coding.sampleRate(), coding.bytesPerSample(), decoder, this);
        playout = new Playout(shape, noise, this);
        digits = new DialedDigits(coding.sampleRate(), coding.bytesPerSample(), coding.samples()::encode);
        openedAt = now;
    }

    Ingress ingress() {
        return ingress;
    }

    Playout playout() {
        return playout;
    }

    /** Whether the carrier's side is no more: nothing comes in or goes out. */
    boolean gone() {
        return gone;
    }

    /** The carrier's side is no more. */
    void isGone() {
        gone = true;
        recording.end();
    }

    /** Closes the line; the carrier goes on with {@code next}. */
    void close(NextStep next) {
        line.close(next);
        isGone();
    }

    /** The generation that was begun last. */
    long newestGeneration() {
        return newestGeneration;
    }

    /** Begins a generation for what is not the agent's. */
    long nextGeneration() {
        return ++newestGeneration;
    }

    /** Drops all that is not heard yet. */
    void clear(long now) {
        clear(now, newestGeneration);
    }

    /** Drops what is not heard yet of a generation and of those before it. */
    void clear(long now, long generation) {
        digits.clear(generation);
        playout.clear(now, generation);
    }

    /** Sends digits as tones, after what was to be heard before; false if they are none. */
    boolean dial(long now, long generation, SendDtmf wanted) {
        newestGeneration = Math.max(newestGeneration, generation);
        boolean taken = digits.dial(generation, wanted.getFirstSample(), wanted.getDigits());
        digits.feed(now, playout);
        return taken;
    }

    /** Whether a key may be no caller's, but a digit of ours that came back. */
    boolean echoes(long now, String key) {
        return digits.echoes(now, key);
    }

    /** The next piece of the agent's. */
    void play(long now, long generation, AudioOut audio) {
        newestGeneration = Math.max(newestGeneration, generation);
        if (gone) {
            return;
        }
        SoundKind kind = switch (audio.getKind()) {
            case AUDIO_KIND_FILLER -> SoundKind.FILLER;
            case AUDIO_KIND_TONE -> SoundKind.TONE;
            case AUDIO_KIND_SPEECH, AUDIO_KIND_UNSPECIFIED, UNRECOGNIZED -> SoundKind.SPEECH;
        };
        digits.finish(now, playout);
        ByteBuffer payload = audio.getPayload().asReadOnlyByteBuffer();
        playout.audio(now, generation, audio.getFirstSample(), payload, kind, audio.getEndOfRun());
    }

    /** A mark came back. */
    void acknowledged(long now, MarkName mark) {
        playout.acknowledged(now, mark.generation(), mark.sample());
    }

    void tick(long now) {
        if (!gone) {
            ingress.tick(now);
            digits.feed(now, playout);
            playout.tick(now);
        }
    }

    /** How long nothing has come from the carrier, ns. */
    long silentFor(long now) {
        return now - (ingress.begun() ? ingress.lastArrival() : openedAt);
    }

    // From ingress and playout.

    @Override
    public void frame(long mediaTime, byte[] payload, boolean concealed) {
        if (!concealed && floor.heard(payload)) {
            noise.follow(floor.dBov());
        }
        recording.caller(mediaTime, payload);
        listener.callerFrame(mediaTime, payload, concealed);
    }

    @Override
    public void audio(byte[] frame) {
        line.audio(frame);
        recording.agent(frame);
    }

    @Override
    public void mark(long generation, long sample) {
        line.mark(generation, sample);
    }

    @Override
    public void clear() {
        line.clear();
        recording.cleared();
    }

    @Override
    public void position(long generation, long sample, Heard heard) {
        listener.heardUpTo(generation, sample, heard);
    }

    @Override
    public void speechStarted(long generation, long sample) {
        listener.speechOnTheWire();
    }
}
