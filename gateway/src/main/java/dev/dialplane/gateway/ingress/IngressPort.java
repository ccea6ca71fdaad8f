package dev.dialplane.gateway.ingress;

/** Where the caller's frames go. */
@FunctionalInterface
public interface IngressPort {
    /**
     * The next frame.
     *
     * @param mediaTime of its first sample, in ms on the caller's time base; goes back where a frame comes after another
     *     was already made in its place
     * @param payload one frame, given away
     * @param concealed made here in place of one that did not come in time
     */
    void frame(long mediaTime, byte[] payload, boolean concealed);
}
