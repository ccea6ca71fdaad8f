package dev.dialplane.agent.loop;

import java.util.concurrent.Executor;

/**
 * The one thread on which all state of an agent and its call lives, and the clock it lives by.
 *
 * <p>Tasks run one after another, in the order they were handed in; none may block. {@link #execute} may be called from any
 * thread, everything else only from the loop itself. Tests run the same code on a loop whose time they move by hand.
 */
public interface Loop extends Executor {
    /** Monotonic time in ns; only differences mean something. */
    long nanos();

    /** Wall-clock time in ms since 1970. */
    long wallMillis();

    /** Runs {@code task} once, {@code nanos} from now (at once if that is not positive), unless it is canceled before. */
    Timer after(long nanos, Runnable task);

    /** How many timers wait. */
    int timers();

    /** A task that waits for its time. */
    interface Timer {
        /** Forgets the task; without effect once it ran. */
        void cancel();
    }
}
