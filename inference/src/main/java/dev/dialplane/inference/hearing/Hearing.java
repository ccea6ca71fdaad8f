package dev.dialplane.inference.hearing;

/** One call being listened to. Used by one thread at a time; nothing here blocks. */
public interface Hearing extends AutoCloseable {
    /**
     * More of an utterance; the first piece of an id begins it.
     *
     * @param utterance rising from utterance to utterance
     * @param mediaTimeMs of the first sample, on the caller's time base
     * @param samples 16-bit linear, in the request's rate; not kept by the caller
     */
    void audio(long utterance, long mediaTimeMs, short[] samples);

    /**
     * Asks for the final transcript.
     *
     * @param speculative more audio of the same utterance may follow, which makes that transcript a partial one
     */
    void finish(long utterance, boolean speculative);

    /** Forgets the utterance; nothing more is heard of it. */
    void cancel(long utterance);

    /** Ends everything of this call; nothing more is heard. */
    @Override
    void close();
}
