package dev.dialplane.e2e.simulation;

import java.util.function.LongSupplier;

/** One direction of a stream: what is sent later never comes before what was sent earlier. */
final class Pipe {
    private final VirtualTime time;
    private final LongSupplier delay;
    private long last;

    Pipe(VirtualTime time, LongSupplier delay) {
        this.time = time;
        this.delay = delay;
    }

    void send(Runnable arrival) {
        last = Math.max(last, time.nanos() + delay.getAsLong());
        var unused = time.after(last - time.nanos(), arrival);
    }

    /** Nothing comes before that time. */
    void stallUntil(long nanos) {
        last = Math.max(last, nanos);
    }
}
