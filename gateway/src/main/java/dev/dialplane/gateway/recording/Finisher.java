package dev.dialplane.gateway.recording;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/** Completes files, one after another. */
final class Finisher implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Finisher.class);

    private final AtomicInteger waiting = new AtomicInteger();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("recordings-finish").daemon().factory());

    void execute(Runnable task) {
        waiting.incrementAndGet();
        try {
            thread.execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException e) {
                    LOG.error("a recording was not completed", e);
                } finally {
                    waiting.decrementAndGet();
                }
            });
        } catch (RejectedExecutionException e) {
            // The process ends; the next one finds the file.
            waiting.decrementAndGet();
        }
    }

    boolean busy() {
        return waiting.get() > 0;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
