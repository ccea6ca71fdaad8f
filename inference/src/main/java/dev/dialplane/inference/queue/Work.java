package dev.dialplane.inference.queue;

import dev.dialplane.inference.timing.Cancellable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** One computation's view of itself: whether anybody still wants it, and how long it waited. */
public final class Work implements Cancellable {
    private volatile boolean cancelled;
    private @Nullable Runnable interruption;
    private volatile int queueMs;

    /** True once nobody wants the result; the computation should end as soon as it can. */
    public boolean cancelled() {
        return cancelled;
    }

    /** @throws CancellationException if nobody wants the result */
    public void check() {
        if (cancelled) {
            throw new CancellationException();
        }
    }

    /** How to stop a native computation that cannot look at {@link #cancelled()}; at once if it is cancelled already. */
    public synchronized void onCancel(@Nullable Runnable stop) {
        interruption = stop;
        if (cancelled && stop != null) {
            stop.run();
        }
    }

    @Override
    public synchronized void cancel() {
        cancelled = true;
        if (interruption != null) {
            interruption.run();
        }
    }

    /** Milliseconds spent waiting. */
    public int queueMs() {
        return queueMs;
    }

    void begun(int waitedMs) {
        queueMs = waitedMs;
    }
}
