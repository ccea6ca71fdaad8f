package dev.dialplane.local.caller.carrier;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A recording that grows frame by frame, by a second at a time: what is recorded is never moved, so that hundreds of
 * callers in one process do not keep its garbage collector busy.
 */
final class Tape {
    private static final int FRAMES = 50;

    private record Second(byte[] bytes, int[] samples) {}

    private final List<Second> seconds = new ArrayList<>();
    private int frames;

    /** Appends a frame of which {@code real} samples came from somebody. */
    void add(byte[] frame, int real) {
        int at = frames % FRAMES;
        if (at == 0) {
            seconds.add(new Second(new byte[FRAMES * PlayBuffer.FRAME], new int[FRAMES]));
        }
        Second last = seconds.getLast();
        System.arraycopy(frame, 0, last.bytes, at * PlayBuffer.FRAME, PlayBuffer.FRAME);
        last.samples[at] = real;
        frames++;
    }

    byte[] bytes() {
        byte[] whole = new byte[seconds.size() * FRAMES * PlayBuffer.FRAME];
        for (int i = 0; i < seconds.size(); i++) {
            byte[] second = seconds.get(i).bytes;
            System.arraycopy(second, 0, whole, i * second.length, second.length);
        }
        return Arrays.copyOf(whole, frames * PlayBuffer.FRAME);
    }

    int[] samples() {
        int[] whole = new int[seconds.size() * FRAMES];
        for (int i = 0; i < seconds.size(); i++) {
            System.arraycopy(seconds.get(i).samples, 0, whole, i * FRAMES, FRAMES);
        }
        return Arrays.copyOf(whole, frames);
    }
}
