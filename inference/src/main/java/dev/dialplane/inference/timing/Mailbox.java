package dev.dialplane.inference.timing;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/** Runs what it is given one after another, in order, on threads of an executor. Holds no thread while it is empty. */
public final class Mailbox implements Executor {
    private static final Logger LOG = Logger.getLogger(Mailbox.class);

    private final Executor executor;
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();

    public Mailbox(Executor executor) {
        this.executor = executor;
    }

    @Override
    public void execute(Runnable task) {
        waiting.add(task);
        if (count.getAndIncrement() == 0) {
            executor.execute(this::drain);
        }
    }

    private void drain() {
        do {
            Runnable task = waiting.remove();
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.error("a stream's task failed", e);
            }
        } while (count.decrementAndGet() > 0);
    }
}
