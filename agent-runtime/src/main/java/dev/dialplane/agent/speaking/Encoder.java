package dev.dialplane.agent.speaking;

import com.google.protobuf.ByteString;
import dev.dialplane.audio.Resampler;
import dev.dialplane.contracts.common.v1.AudioFormat;

/** From a synthesizer's stream to a speech's audio: decodes, resamples, encodes. One for each stream. */
public final class Encoder {
    private final CarrierCodec from;
    private final CarrierCodec to;
    private final Resampler resampler;
    private byte[] coded = new byte[0];
    private short[] samples = new short[0];
    private short[] resampled = new short[0];

    /**
     * An encoder between two formats.
     *
     * @throws IllegalArgumentException if {@code from} is not PCMU, PCMA or L16 at a rate of the resampler
     */
    public Encoder(AudioFormat from, CarrierCodec to) {
        this.from = CarrierCodec.of(from);
        this.to = to;
        resampler = Resampler.between(this.from.rate(), to.rate());
    }

    /** How many samples go out for one that comes in. */
    public double ratio() {
        return (double) to.rate() / from.rate();
    }

    /** Adds what {@code payload} holds to {@code speech}. */
    public void encode(ByteString payload, Speech speech) {
        int length = payload.size();
        if (coded.length < length) {
            coded = new byte[length];
        }
        if (samples.length < length) {
            samples = new short[length];
        }
        payload.copyTo(coded, 0, 0, length);
        int count = from.decode(coded, length, samples);
        int most = resampler.maxOutput(count);
        if (resampled.length < most) {
            resampled = new short[most];
        }
        add(resampler.process(samples, 0, count, resampled, 0), speech);
    }

    /** Adds what the resampler still holds. */
    public void finish(Speech speech) {
        if (resampled.length < resampler.delaySamples()) {
            resampled = new short[resampler.delaySamples()];
        }
        add(resampler.flush(resampled, 0), speech);
    }

    private void add(int count, Speech speech) {
        if (coded.length < count * to.bytesPerSample()) {
            coded = new byte[count * to.bytesPerSample()];
        }
        speech.append(coded, 0, to.encode(resampled, 0, count, coded));
    }
}
