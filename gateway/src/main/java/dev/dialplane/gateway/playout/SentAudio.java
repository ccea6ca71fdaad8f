package dev.dialplane.gateway.playout;

/**
 * The last frames that went to the carrier, and when each will have been played if the carrier plays what it gets at once
 * and without a break. Allocates nothing after it was made.
 */
final class SentAudio {
    /** 5 s of frames of 20 ms: more than any carrier is fed ahead. */
    private static final int FRAMES = 256;

    private final long frameNanos;
    private final long[] playEnd = new long[FRAMES];
    private final long[] generation = new long[FRAMES];
    private final long[] sampleStart = new long[FRAMES];
    private final long[] sampleEnd = new long[FRAMES];
    private long written;
    private long played;

    private long positionGeneration;
    private long positionSample;

    SentAudio(long frameNanos) {
        this.frameNanos = frameNanos;
    }

    /** A frame with the samples from {@code start} to before {@code end}; equal for a frame of noise. */
    void add(long generation, long start, long end, long playEnd) {
        int i = (int) (written++ % FRAMES);
        this.playEnd[i] = playEnd;
        this.generation[i] = generation;
        sampleStart[i] = start;
        sampleEnd[i] = end;
        played = Math.max(played, written - FRAMES);
    }

    /** Moves the position to what was played at {@code at}. */
    void advance(long at) {
        while (played < written && playEnd[(int) (played % FRAMES)] <= at) {
            int i = (int) (played++ % FRAMES);
            moveTo(generation[i], sampleEnd[i]);
        }
        if (played < written) {
            int i = (int) (played % FRAMES);
            long into = at - (playEnd[i] - frameNanos);
            if (into > 0) {
                moveTo(generation[i], sampleStart[i] + (sampleEnd[i] - sampleStart[i]) * into / frameNanos);
            }
        }
    }

    private void moveTo(long generation, long sample) {
        if (generation > positionGeneration) {
            positionGeneration = generation;
            positionSample = sample;
        } else if (generation == positionGeneration) {
            positionSample = Math.max(positionSample, sample);
        }
    }

    /** When the frame that ends with {@code sample} will have been played, or {@code otherwise} if it is forgotten. */
    long playEndOf(long generation, long sample, long otherwise) {
        for (long n = written - 1; n >= Math.max(0, written - FRAMES); n--) {
            int i = (int) (n % FRAMES);
            if (this.generation[i] == generation && sampleEnd[i] == sample && sampleStart[i] < sample) {
                return playEnd[i];
            }
        }
        return otherwise;
    }

    /** The carrier has acknowledged that much. */
    void acknowledged(long generation, long sample) {
        moveTo(generation, sample);
    }

    /** What was not played will not be. */
    void forget() {
        played = written;
    }

    long positionGeneration() {
        return positionGeneration;
    }

    long positionSample() {
        return positionSample;
    }
}
