package dev.dialplane.gateway.loop;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** One thread that runs what it is given in order, now or later. State that only it touches needs no locks. */
public final class SerialLoop implements Loop, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(SerialLoop.class);

    private final ScheduledThreadPoolExecutor thread;

    /** A loop whose thread has that name. */
    public SerialLoop(String name) {
        thread = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name(name).daemon().factory());
        thread.setRemoveOnCancelPolicy(true);
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Runs it after what was given before. After {@link #close} it is ignored. */
    @Override
    public void execute(Runnable task) {
        try {
            thread.execute(guarded(task));
        } catch (RejectedExecutionException e) {
            LOG.debug("closed: task ignored");
        }
    }

    @Override
    public ScheduledFuture<?> after(Duration delay, Runnable task) {
        return thread.schedule(guarded(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    /** Tasks that wait for their time. */
    public int waiting() {
        return thread.getQueue().size();
    }

    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.error("a task failed; the loop goes on", e);
            }
        };
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
