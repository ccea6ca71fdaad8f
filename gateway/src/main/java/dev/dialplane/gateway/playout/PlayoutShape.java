package dev.dialplane.gateway.playout;

/**
 * The figures that one line's playout keeps to. Times in ms.
 *
 * @param sampleRate samples a second
 * @param bytesPerSample 1 for G.711, 2 for linear
 * @param frame length of one frame on the wire
 * @param lead how far ahead of its ear the carrier is fed
 * @param margin what the carrier must have left before a gap in a run is filled with noise
 * @param buffer how much audio waits here at most; what does not fit is dropped, newest first
 * @param markEvery distance of position marks
 * @param acknowledges whether the carrier echoes marks once it has played what came before them
 * @param clears whether the carrier can throw away what it has queued
 * @param maxMarks marks without an answer that the carrier bears
 */
public record PlayoutShape(
        int sampleRate,
        int bytesPerSample,
        int frame,
        int lead,
        int margin,
        int buffer,
        int markEvery,
        boolean acknowledges,
        boolean clears,
        int maxMarks) {

    /** Samples in one frame. */
    public int frameSamples() {
        return samples(frame);
    }

    /** Bytes in one frame. */
    public int frameBytes() {
        return frameSamples() * bytesPerSample;
    }

    int samples(int milliseconds) {
        return Math.toIntExact((long) sampleRate * milliseconds / 1_000);
    }

    long nanos(int milliseconds) {
        return milliseconds * 1_000_000L;
    }
}
