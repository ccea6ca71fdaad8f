package dev.dialplane.inference.speaking;

import dev.dialplane.inference.timing.Cancellable;

/** A model that speaks. One serves every call. */
public interface Voice {
    /** Of the samples it gives, in Hz. */
    int sampleRate();

    /**
     * Begins to speak a piece of text; returns at once.
     *
     * @param sink gets the samples, one call to it at a time, on any thread; nothing after the returned handle is cancelled
     */
    Cancellable speak(SpeechRequest request, SpeechSink sink);
}
