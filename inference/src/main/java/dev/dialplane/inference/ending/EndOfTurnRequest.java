package dev.dialplane.inference.ending;

/**
 * What a caller said last.
 *
 * @param callId shares its place in queues with the call's other requests
 * @param sampleRate of the samples, in Hz
 * @param samples 16-bit linear, the newest last; at most {@link #MAX_SECONDS}
 */
public record EndOfTurnRequest(String callId, int sampleRate, short[] samples) {
    /** More than this is not looked at. */
    public static final int MAX_SECONDS = 8;
}
