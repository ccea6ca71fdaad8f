package dev.dialplane.inference.speaking;

import dev.dialplane.inference.queue.Work;

/** A synthesizer that speaks a clause at a time. Safe for several threads; blocks the one that calls. */
public interface SpeechEngine {
    /** Names the voice in caches. */
    String voice();

    /** Of its samples, in Hz. */
    int sampleRate();

    /**
     * Speaks a clause.
     *
     * @param work looked at now and then; nobody may want the clause any more
     * @throws java.util.concurrent.CancellationException if nobody does
     */
    Clip speak(String clause, Work work);
}
