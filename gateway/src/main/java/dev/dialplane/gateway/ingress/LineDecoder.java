package dev.dialplane.gateway.ingress;

import org.jspecify.annotations.Nullable;

/**
 * From a carrier's payloads, in order, to audio as the call has it, and what stands in for payloads that did not come. For
 * one line and one thread.
 */
public interface LineDecoder {
    /** What a payload holds, any length; null if it cannot be read. The array is given away, and may come back. */
    byte @Nullable [] decode(byte[] payload);

    /**
     * A frame in place of one that did not come.
     *
     * @param next the payload after it, if that is there; it is decoded afterwards
     */
    byte[] conceal(byte @Nullable [] next);
}
