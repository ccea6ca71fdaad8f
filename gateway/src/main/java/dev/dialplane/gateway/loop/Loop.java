package dev.dialplane.gateway.loop;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;

/** Runs what it is given one after another, now or later, and tells its own time. Tests have one whose time is virtual. */
public interface Loop extends Executor {
    /** Runs it once that time has passed, unless it is canceled first. */
    Future<?> after(Duration delay, Runnable task);

    /** A time that only goes forward, from an arbitrary start. Callable from anywhere. */
    long nanos();
}
