package dev.dialplane.gateway.ingress;

import dev.dialplane.audio.Concealment;
import dev.dialplane.audio.G711;
import dev.dialplane.audio.L16;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Samples as they are, G.711 or linear; what is lost is {@link Concealment concealed}. Of a linear payload with an odd number
 * of bytes the last one is dropped.
 */
public final class SampleDecoder implements LineDecoder {
    private final @Nullable G711 law;
    private final int bytesPerSample;
    private final int frame;
    private final Concealment concealment;
    private short[] linear;

    /** @param law how samples are coded; null for 16-bit linear, little-endian */
    public SampleDecoder(int sampleRate, @Nullable G711 law) {
        this.law = law;
        bytesPerSample = law == null ? 2 : 1;
        frame = sampleRate * Ingress.FRAME / 1_000;
        concealment = new Concealment(sampleRate);
        linear = new short[frame];
    }

    @Override
    public byte[] decode(byte[] payload) {
        int count = payload.length / bytesPerSample;
        if (linear.length < count) {
            linear = new short[count];
        }
        if (law != null) {
            law.decode(payload, 0, linear, 0, count);
        } else {
            L16.decode(payload, 0, linear, 0, count);
        }
        boolean comesBack = concealment.conceals();
        concealment.heard(linear, 0, count);
        if (comesBack) {
            encode(payload, count);
        }
        return payload.length == count * bytesPerSample ? payload : Arrays.copyOf(payload, count * bytesPerSample);
    }

    @Override
    public byte[] conceal(byte @Nullable [] next) {
        concealment.conceal(linear, 0, frame);
        byte[] made = new byte[frame * bytesPerSample];
        encode(made, frame);
        return made;
    }

    private void encode(byte[] coded, int count) {
        if (law != null) {
            law.encode(linear, 0, coded, 0, count);
        } else {
            L16.encode(linear, 0, coded, 0, count);
        }
    }
}
