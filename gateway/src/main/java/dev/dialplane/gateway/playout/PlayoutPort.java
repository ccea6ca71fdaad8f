package dev.dialplane.gateway.playout;

/** What playout causes outside. Every method returns at once. */
public interface PlayoutPort {
    /** Sends one frame to the carrier. The array is used again as soon as this returns. */
    void audio(byte[] frame);

    /** Asks the carrier to say when everything up to this sample of this generation was played. */
    void mark(long generation, long sample);

    /** Has the carrier throw away what it has queued. */
    void clear();

    /** All samples of {@code generation} before {@code sample} were heard, as far as {@code heard} says. */
    void position(long generation, long sample, Heard heard);

    /** The first frame of speech after something else, or after nothing, has just gone to the carrier. */
    void speechStarted(long generation, long sample);
}
