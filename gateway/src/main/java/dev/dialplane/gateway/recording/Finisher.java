package dev.dialplane.gateway.recording;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Completes files, one after another. */
final class Finisher {
    private static final Logger LOG = Logger.getLogger(Finisher.class);

    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("recordings-finish").daemon().factory());

    void execute(Runnable task) {
        try {
            thread.execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException e) {
                    LOG.error("a recording was not completed", e);
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("the process ends; the next one finds the file");
        }
    }

    /**
     * Takes no more, and waits for what it has. What takes longer is not interrupted, which would spoil a file: it ends with
     * the process, and the next one completes it.
     */
    void end(Duration within) throws InterruptedException {
        thread.shutdown();
        if (!thread.awaitTermination(within.toNanos(), TimeUnit.NANOSECONDS)) {
            LOG.warn("a recording is not completed in time; the next process does");
        }
    }
}
