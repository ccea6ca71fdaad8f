package dev.dialplane.local.caller.carrier;

/** Is told what happens on a media line, as it happens. Must not block: it is called by the clock and by the socket. */
public interface LineObserver {
    /** The start message went out at {@code startNanos} by {@link System#nanoTime()}; time 0 of all that follows. */
    default void started(long startNanos) {}

    /**
     * The ear got another 20 ms.
     *
     * @param mediaMs when they begin
     * @param samples how many of their 160 samples came from the server
     * @param dBov their level
     */
    default void heard(long mediaMs, int samples, double dBov) {}

    /** Media came in. */
    default void arrived(LineLog.Arrival arrival) {}

    /** The server threw away what was queued, {@code nanos} after the start. */
    default void cleared(long nanos) {}

    /** Nothing follows. */
    default void closed(LineEnd end) {}
}
