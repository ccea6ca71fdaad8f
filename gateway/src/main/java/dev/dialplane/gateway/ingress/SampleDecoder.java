package dev.dialplane.gateway.ingress;

import dev.dialplane.audio.Concealment;
import dev.dialplane.audio.SampleCoding;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Samples as they are, G.711 or linear; what is lost is {@link Concealment concealed}. Of a linear payload with an odd number
 * of bytes the last one is dropped. Nearly all payloads pass through unread: those before a loss are decoded once there is
 * one.
 */
public final class SampleDecoder implements LineDecoder {
    private final SampleCoding coding;
    private final int frame;
    private final Concealment concealment;
    /** What has passed since the last loss, as much of it as a concealment can want, oldest first. */
    private final Deque<byte[]> passed = new ArrayDeque<>();

    private int passedSamples;
    private short[] linear;

    /** A line on which nothing came. */
    public SampleDecoder(int sampleRate, SampleCoding coding) {
        this.coding = coding;
        frame = sampleRate * Ingress.FRAME / 1_000;
        concealment = new Concealment(sampleRate);
        linear = new short[frame];
    }

    @Override
    public byte[] decode(byte[] payload) {
        int count = samples(payload);
        if (count == 0) {
            return new byte[0];
        }
        if (concealment.conceals()) {
            hear(payload);
            coding.encode(linear, 0, payload, 0, count);
        } else {
            pass(payload, count);
        }
        int whole = count * coding.bytesPerSample();
        return payload.length == whole ? payload : Arrays.copyOf(payload, whole);
    }

    private void pass(byte[] payload, int count) {
        passed.addLast(payload);
        passedSamples += count;
        while (passedSamples - samples(passed.getFirst()) >= concealment.memory()) {
            passedSamples -= samples(passed.removeFirst());
        }
    }

    @Override
    public byte[] conceal(byte @Nullable [] next) {
        passed.forEach(this::hear);
        passed.clear();
        passedSamples = 0;
        concealment.conceal(linear, 0, frame);
        byte[] made = new byte[frame * coding.bytesPerSample()];
        coding.encode(linear, 0, made, 0, frame);
        return made;
    }

    /** Leaves in {@link #linear} what is heard of it. */
    private void hear(byte[] payload) {
        int count = samples(payload);
        if (linear.length < count) {
            linear = new short[count];
        }
        coding.decode(payload, 0, linear, 0, count);
        concealment.heard(linear, 0, count);
    }

    private int samples(byte[] payload) {
        return coding.samples(payload.length);
    }
}
