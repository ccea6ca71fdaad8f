package dev.dialplane.gateway.recording;

import dev.dialplane.gateway.loop.Backoff;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import org.jboss.logging.Logger;

/**
 * Gives complete files to the archive, one after another, each until it was taken, with back-off; and tells of it then. What
 * is left when the process ends, the next one begins with.
 */
final class Keeper {
    private static final Logger LOG = Logger.getLogger(Keeper.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(250);
    private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);
    /** How long an archive may take to notice that it is not waited for any more. */
    private static final Duration GIVES_UP_WITHIN = Duration.ofSeconds(2);

    /** Nothing comes after this. */
    private static final Item LAST = new Item("", Path.of(""), "", 0, "");

    /**
     * A file for the archive.
     *
     * @param json what is told once it is there
     */
    record Item(String callId, Path file, String name, long bytes, String json) {}

    private final Spool spool;
    private final Archive archive;
    private final BiConsumer<String, String> tell;
    private final BlockingQueue<Item> items = new LinkedBlockingQueue<>();
    private final AtomicLong waitingBytes = new AtomicLong();
    private final AtomicLong waiting = new AtomicLong();
    private final AtomicLong kept = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final Thread keeping;
    private volatile boolean gaveUp;

    /** @param tell takes a call's id and what is to be told of its recording */
    Keeper(Spool spool, Archive archive, BiConsumer<String, String> tell) {
        this.spool = spool;
        this.archive = archive;
        this.tell = tell;
        keeping = Thread.ofPlatform().name("recordings-keep").daemon().start(this::keep);
    }

    String url(String name) {
        return archive.url(name);
    }

    void add(Item item) {
        waiting.incrementAndGet();
        waitingBytes.addAndGet(item.bytes);
        items.add(item);
    }

    private void keep() {
        Backoff backoff = new Backoff(FIRST_RETRY, LONGEST_RETRY, RandomGenerator.getDefault());
        try {
            for (Item item = items.take(); item != LAST; item = items.take()) {
                keep(item, backoff);
            }
        } catch (InterruptedException e) {
            LOG.debug("keeps no more");
        }
    }

    private void keep(Item item, Backoff backoff) throws InterruptedException {
        boolean failing = false;
        while (true) {
            try {
                archive.keep(item.file, item.name);
                break;
            } catch (IOException | RuntimeException e) {
                if (gaveUp) {
                    throw new InterruptedException();
                }
                failures.incrementAndGet();
                if (!failing) {
                    LOG.warnf("recordings wait for %s: %s", archive.described(), e.toString());
                }
                failing = true;
                TimeUnit.NANOSECONDS.sleep(backoff.next().toNanos());
            }
        }
        if (failing) {
            LOG.infof("%s takes recordings again", archive.described());
        }
        backoff.reset();
        tell.accept(item.callId, item.json);
        Spool.delete(item.file);
        spool.forget(item.callId);
        kept.incrementAndGet();
        waitingBytes.addAndGet(-item.bytes);
        waiting.decrementAndGet();
    }

    int waiting() {
        return waiting.intValue();
    }

    long waitingBytes() {
        return waitingBytes.get();
    }

    long kept() {
        return kept.get();
    }

    long failures() {
        return failures.get();
    }

    /** Waits for the archive to take what there is, a while; what it has not taken then, the next process gives it. */
    void end(Duration within) throws InterruptedException {
        items.add(LAST);
        if (!keeping.join(within)) {
            gaveUp = true;
            keeping.interrupt();
            keeping.join(GIVES_UP_WITHIN);
        }
        archive.close();
    }
}
