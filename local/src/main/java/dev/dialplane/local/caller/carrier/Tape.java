package dev.dialplane.local.caller.carrier;

import java.util.Arrays;

/** A recording that grows frame by frame. */
final class Tape {
    private byte[] bytes = new byte[PlayBuffer.FRAME * 50 * 30];
    private int[] samples = new int[50 * 30];
    private int frames;

    /** Appends a frame of which {@code real} samples came from somebody. */
    void add(byte[] frame, int real) {
        if (frames == samples.length) {
            bytes = Arrays.copyOf(bytes, bytes.length * 2);
            samples = Arrays.copyOf(samples, samples.length * 2);
        }
        System.arraycopy(frame, 0, bytes, frames * PlayBuffer.FRAME, PlayBuffer.FRAME);
        samples[frames++] = real;
    }

    byte[] bytes() {
        return Arrays.copyOf(bytes, frames * PlayBuffer.FRAME);
    }

    int[] samples() {
        return Arrays.copyOf(samples, frames);
    }
}
