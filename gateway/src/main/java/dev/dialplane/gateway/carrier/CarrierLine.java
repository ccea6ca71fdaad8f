package dev.dialplane.gateway.carrier;

/** One call's stream to its carrier, in the carrier's dialect. All methods return at once. */
public interface CarrierLine {
    /** Sends one frame; the array is used again. */
    void audio(byte[] frame);

    /** Asks for an echo once everything before was played. */
    void mark(long generation, long sample);

    /** Throws away what is queued. */
    void clear();

    /** Closes the stream; the carrier goes on with {@code next}. */
    void close(NextStep next);
}
