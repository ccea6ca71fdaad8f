package dev.dialplane.gateway.recording;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Puts what both sides said in its place on one clock. What nobody said is silence, and so is what was said in a pause.
 *
 * <p>Positions are samples since the recording's beginning. The last {@value #BEHIND_MS} ms can still change: a frame of the
 * caller's comes late, or audio that the carrier had queued is cleared before it was heard. What is older goes to the sink;
 * whatever comes for it then is lost, and counted. For one thread at a time.
 */
final class Timeline {
    /** A socket that stalls for longer loses what it held back. */
    static final int BEHIND_MS = 3_000;

    /** How far ahead of the present audio may be that the carrier has queued. */
    static final int AHEAD_MS = 1_000;

    private static final long OPEN = Long.MAX_VALUE;

    /** Where what can no longer change goes. */
    @FunctionalInterface
    interface Sink {
        /** Takes {@code frames} frames from byte {@code offset} on, caller and agent one after another in each. */
        void write(byte[] frames, int offset, int count) throws IOException;
    }

    private record Pause(long from, long to) {}

    private final int bytesPerSample;
    private final int frameBytes;
    private final byte silence;
    private final int behind;
    private final int size;
    private final byte[] ring;
    private final Sink sink;
    private final List<Pause> pauses = new ArrayList<>();
    /** The first frame that is not with the sink. */
    private long base;

    private long lost;

    /**
     * A timeline at 0.
     *
     * @param bytesPerSample 1 for G.711, 2 for linear
     * @param silence the byte of silence
     */
    Timeline(int rate, int bytesPerSample, byte silence, Sink sink) {
        this.bytesPerSample = bytesPerSample;
        this.silence = silence;
        this.sink = sink;
        frameBytes = 2 * bytesPerSample;
        behind = rate / 1_000 * BEHIND_MS;
        size = behind + rate / 1_000 * AHEAD_MS;
        ring = new byte[size * frameBytes];
        Arrays.fill(ring, silence);
    }

    /** Puts a side's audio at its place, over what is there. */
    void put(Side side, long at, byte[] coded) throws IOException {
        int samples = coded.length / bytesPerSample;
        if (at + samples > base + size) {
            writeUpTo(at + samples - size);
        }
        int early = (int) Math.clamp(base - at, 0, samples);
        lost += at < 0 ? Math.max(0, early + at) : early;
        for (int i = early; i < samples; i++) {
            if (!paused(at + i)) {
                int to = index(at + i, side);
                for (int b = 0; b < bytesPerSample; b++) {
                    ring[to + b] = coded[i * bytesPerSample + b];
                }
            }
        }
    }

    /** What the agent said from there on was thrown away before it was heard. */
    void cut(long from) {
        silence(Side.AGENT, Math.max(from, base));
    }

    /** From there on nothing is kept. */
    void pause(long from) {
        if (!pauses.isEmpty() && pauses.getLast().to == OPEN) {
            return;
        }
        pauses.add(new Pause(from, OPEN));
        for (Side side : Side.values()) {
            silence(side, Math.max(from, base));
        }
    }

    /** From there on everything is kept again. */
    void resume(long at) {
        if (!pauses.isEmpty() && pauses.getLast().to == OPEN) {
            pauses.add(new Pause(pauses.removeLast().from, at));
        }
    }

    private boolean paused(long position) {
        for (Pause pause : pauses) {
            if (pause.from <= position && position < pause.to) {
                return true;
            }
        }
        return false;
    }

    private void silence(Side side, long from) {
        for (long position = from; position < base + size; position++) {
            int at = index(position, side);
            Arrays.fill(ring, at, at + bytesPerSample, silence);
        }
    }

    /** It is {@code now}: what can no longer change goes to the sink. */
    void advance(long now) throws IOException {
        writeUpTo(now - behind);
    }

    /** The recording ends there: everything before goes to the sink. */
    void finish(long end) throws IOException {
        writeUpTo(end);
    }

    private void writeUpTo(long end) throws IOException {
        while (base < end) {
            int from = (int) (base % size);
            int count = (int) Math.min(end - base, size - from);
            sink.write(ring, from * frameBytes, count);
            Arrays.fill(ring, from * frameBytes, (from + count) * frameBytes, silence);
            base += count;
        }
        pauses.removeIf(pause -> pause.to <= base);
    }

    private int index(long position, Side side) {
        return (int) (position % size) * frameBytes + side.ordinal() * bytesPerSample;
    }

    /** Samples that came too late for their place. */
    long lost() {
        return lost;
    }
}
