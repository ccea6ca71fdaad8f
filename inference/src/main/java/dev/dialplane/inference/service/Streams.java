package dev.dialplane.inference.service;

import dev.dialplane.inference.InferenceConfig;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jboss.logging.Logger;

/**
 * The RPCs that are open, and the virtual threads on which their requests are taken in; loading a model may block one of
 * them.
 *
 * <p>A process that is told to end asks every call to go elsewhere and ends when no RPC is open. A call is asked once: one
 * that comes back has nowhere else to go, and is served.
 */
@ApplicationScoped
public class Streams implements Executor {
    private static final Logger LOG = Logger.getLogger(Streams.class);

    /** An open RPC. */
    interface Stream {
        /** Whose it is: the id of {@link dev.dialplane.inference.call.Caller}. */
        String callerId();

        /**
         * Asks the client to go on elsewhere.
         *
         * @return false for an RPC that ends soon by itself, and need not
         */
        default boolean goAway(Duration left) {
            return false;
        }

        /** Whether it has ended, perhaps before it was told of here. */
        boolean over();
    }

    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("stream-", 0).factory());
    private final Duration drainMaxWait;
    private final Set<Stream> open = new HashSet<>();
    private final Set<String> asked = ConcurrentHashMap.newKeySet();
    private volatile boolean draining;

    @Inject
    public Streams(InferenceConfig config, MeterRegistry registry) {
        this(config.drain().maxWait());
        registry.gauge("dialplane.inference.streams", this, Streams::open);
    }

    Streams(Duration drainMaxWait) {
        this.drainMaxWait = drainMaxWait;
    }

    /** RPCs that are open now. */
    public synchronized int open() {
        return open.size();
    }

    @Override
    public void execute(Runnable task) {
        threads.execute(task);
    }

    void opened(Stream stream) {
        synchronized (this) {
            open.add(stream);
        }
        if (stream.over()) {
            closed(stream);
        } else if (draining) {
            sendAway(stream);
        }
    }

    private void sendAway(Stream stream) {
        if (!asked.contains(stream.callerId()) && stream.goAway(drainMaxWait)) {
            asked.add(stream.callerId());
        }
    }

    synchronized void closed(Stream stream) {
        open.remove(stream);
        notifyAll();
    }

    /** Runs until calls have gone elsewhere; Quarkus waits for it before it closes anything. */
    void drain(@Observes ShutdownDelayInitiatedEvent event) throws InterruptedException {
        drain();
    }

    /**
     * Asks every call to go elsewhere, those too that come from now on, and waits until no RPC is open.
     *
     * @return whether none was left in time
     */
    boolean drain() throws InterruptedException {
        draining = true;
        List<Stream> present;
        synchronized (this) {
            present = List.copyOf(open);
        }
        LOG.infof("draining: %d RPCs are open, their calls are asked to go elsewhere", present.size());
        present.forEach(this::sendAway);
        return awaitNone();
    }

    private synchronized boolean awaitNone() throws InterruptedException {
        long deadline = System.nanoTime() + drainMaxWait.toNanos();
        while (!open.isEmpty()) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                LOG.warnf("%d RPCs have not ended in %s and are cut off", open.size(), drainMaxWait);
                return false;
            }
            wait(left);
        }
        return true;
    }

    @PreDestroy
    void stopThreads() {
        threads.shutdownNow();
    }
}
