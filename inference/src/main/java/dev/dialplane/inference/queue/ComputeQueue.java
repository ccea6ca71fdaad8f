package dev.dialplane.inference.queue;

import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.timing.Cancellable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * A fixed number of threads that compute, and a bounded fair queue before them. Work that nobody waits for yet leaves one
 * thread free where there are several.
 */
public final class ComputeQueue implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(ComputeQueue.class);

    private record Item(String lane, Urgency urgency, Work work, Runnable task, long since) {}

    private final String name;
    private final int limit;
    private final List<Thread> threads = new ArrayList<>();
    /** All below guarded by this. */
    private final FairQueue<Item> waiting = new FairQueue<>();

    private int busy;
    private int busyAhead;
    private boolean closed;

    /**
     * @param limit so many requests wait at most; more are refused
     */
    public ComputeQueue(String name, int workers, int limit) {
        this.name = name;
        this.limit = limit;
        for (int i = 0; i < workers; i++) {
            threads.add(Thread.ofPlatform().daemon().name(name + "-" + i).start(this::work));
        }
    }

    /**
     * Computes later, on one of the threads; returns at once.
     *
     * @param lane whose turn it is; lanes take turns
     * @param task given a view of itself; a {@link CancellationException} from it is not a failure
     * @param done given the result on the same thread, unless it was cancelled before
     * @param failed given what went wrong, in the same way
     * @throws ModelException RESOURCE_EXHAUSTED if too many wait
     */
    public <T> Cancellable submit(
            String lane, Urgency urgency, Function<Work, T> task, Consumer<T> done, Consumer<ModelException> failed) {
        Work work = new Work();
        Item item = new Item(lane, urgency, work, () -> run(work, task, done, failed), System.nanoTime());
        synchronized (this) {
            if (closed) {
                throw ModelException.providerDown("local", name, "the process is shutting down");
            }
            if (waiting.size() >= limit) {
                throw ModelException.overloaded(name, waiting.size(), limit);
            }
            waiting.add(lane, urgency, item);
            notifyAll();
        }
        return () -> {
            synchronized (this) {
                waiting.remove(lane, urgency, item);
            }
            work.cancel();
        };
    }

    /** Whether a thread would take new work at once, and one more would stay free where there are several. */
    public synchronized boolean idle() {
        return waiting.size() == 0 && busy < Math.max(1, threads.size() - 1);
    }

    /** How many wait. */
    public synchronized int waiting() {
        return waiting.size();
    }

    /** How many are computed now. */
    public synchronized int busy() {
        return busy;
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }

    private <T> void run(Work work, Function<Work, T> task, Consumer<T> done, Consumer<ModelException> failed) {
        try {
            work.check();
            T result = task.apply(work);
            if (!work.cancelled()) {
                done.accept(result);
            }
        } catch (CancellationException e) {
            // Nobody waits for it.
        } catch (RuntimeException e) {
            if (!work.cancelled()) {
                if (!(e instanceof ModelException)) {
                    LOG.errorf(e, "a computation of %s failed", name);
                }
                failed.accept(ModelException.of(e, name));
            }
        }
    }

    private void work() {
        while (true) {
            Item item = take();
            if (item == null) {
                return;
            }
            item.work().begun((int) ((System.nanoTime() - item.since()) / 1_000_000));
            try {
                item.task().run();
            } catch (RuntimeException e) {
                LOG.errorf(e, "a result of %s could not be handed on", name);
            } finally {
                synchronized (this) {
                    busy--;
                    if (item.urgency() == Urgency.AHEAD) {
                        busyAhead--;
                        notifyAll();
                    }
                }
            }
        }
    }

    private synchronized @org.jspecify.annotations.Nullable Item take() {
        try {
            while (!closed) {
                boolean aheadToo = busyAhead < Math.max(1, threads.size() - 1);
                Item item = waiting.poll(aheadToo ? Urgency.AHEAD : Urgency.SOON);
                if (item != null) {
                    busy++;
                    if (item.urgency() == Urgency.AHEAD) {
                        busyAhead++;
                    }
                    return item;
                }
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return null;
    }
}
