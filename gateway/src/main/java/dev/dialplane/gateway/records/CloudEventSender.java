package dev.dialplane.gateway.records;

import dev.dialplane.gateway.loop.Backoff;
import dev.dialplane.gateway.records.RecordBuffer.Entry;
import dev.dialplane.gateway.token.SigningKey;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Posts records as CloudEvents 1.0 in structured mode, one after another in their order, at least once each. Calls never
 * wait for it.
 *
 * <p>A record is on disk before it is sent, and stays there until the receiver has answered 2xx, over restarts too; a
 * receiver tells a repetition by the event's id. Any other answer, or none, is tried again with back-off for as long as it
 * takes; only what says that this very record is not acceptable (400, 413, 415, 422) ends it. When the buffer is full, the
 * oldest of the least worth goes ({@link RecordBuffer}).
 *
 * <p>With a key, each post is signed as <a href="https://www.standardwebhooks.com">Standard Webhooks</a> has it:
 *
 * <pre>
 * webhook-id:        the CloudEvent's id
 * webhook-timestamp: seconds since 1970, of this try
 * webhook-signature: v1,BASE64(HMAC-SHA256(key, id + "." + timestamp + "." + body))
 * </pre>
 *
 * <p>The key is the bytes of its file without white space around them, 32 at least; the libraries of Standard Webhooks take
 * it as {@code whsec_} followed by its Base64. A receiver compares in constant time, and refuses a timestamp that is more
 * than some minutes off, so that an old post cannot be played again.
 */
public final class CloudEventSender implements CallRecords, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(CloudEventSender.class);
    /** Between calls and the disk: beyond it the newest goes, for the disk has stopped. */
    private static final int INBOX = 4_096;

    private static final Duration CLOSE_WAIT = Duration.ofSeconds(2);

    /**
     * Where records go, and how.
     *
     * @param key signs them; null if they go unsigned
     * @param source the CloudEvents' source: this gateway
     * @param partials whether partial transcripts go out, too
     * @param file where they wait
     * @param maxRecords that wait at most
     * @param maxBytes that wait at most
     * @param timeout of one post
     * @param firstRetry after a failure; each further wait is twice as long
     * @param lastRetry the longest wait
     */
    public record Terms(
            URI url,
            @Nullable SigningKey key,
            String source,
            boolean partials,
            Path file,
            int maxRecords,
            long maxBytes,
            Duration timeout,
            Duration firstRetry,
            Duration lastRetry) {}

    private final Terms terms;
    private final InstantSource time;
    /** What is to be done to the buffer. Only one thread touches its file, and nobody interrupts that one: it would close it. */
    private final BlockingQueue<Runnable> inbox = new ArrayBlockingQueue<>(INBOX);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition kept = lock.newCondition();
    private final RecordBuffer buffer;
    private final HttpClient http;
    private final Thread keeping;
    private final Thread posting;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong overrun = new AtomicLong();
    /** The number of the last record that was delivered or refused. */
    private volatile long done = -1;

    /** Only ever set by the thread that keeps. */
    private boolean stopped;

    /**
     * Starts sending, with what a former process left.
     *
     * @throws IOException if the file cannot be read
     */
    public CloudEventSender(Terms terms, InstantSource time) throws IOException {
        this.terms = terms;
        this.time = time;
        buffer = new RecordBuffer(terms.file, terms.maxRecords, terms.maxBytes);
        http = HttpClient.newBuilder()
                .connectTimeout(terms.timeout)
                .version(HttpClient.Version.HTTP_1_1)
                .build();
        keeping = Thread.ofPlatform().name("call-records-disk").daemon().start(this::keep);
        posting = Thread.ofVirtual().name("call-records").start(this::post);
    }

    @Override
    public boolean wantsPartials() {
        return terms.partials;
    }

    @Override
    public void record(String type, String callId, long unixMs, String data) {
        String id = UUID.randomUUID().toString();
        String body = "{\"specversion\":\"1.0\",\"id\":\"" + id + "\",\"source\":" + RecordData.quoted(terms.source)
                + ",\"type\":\"" + type + "\",\"subject\":" + RecordData.quoted(callId) + ",\"time\":\""
                + Instant.ofEpochMilli(unixMs) + "\",\"datacontenttype\":\"application/json\",\"data\":" + data + "}";
        Entry entry = new Entry(id, type, callId, body.getBytes(StandardCharsets.UTF_8));
        if (!inbox.offer(() -> buffer.add(entry))) {
            overrun.incrementAndGet();
        }
    }

    /** Records that were taken off our hands. */
    public long sent() {
        return sent.get();
    }

    /** Records that had to go, for lack of room or because the receiver does not accept them. */
    public long dropped() {
        lock.lock();
        try {
            return buffer.dropped() + refused.get() + overrun.get();
        } finally {
            lock.unlock();
        }
    }

    /** Records that wait. */
    public int waiting() {
        lock.lock();
        try {
            return buffer.size() + inbox.size();
        } finally {
            lock.unlock();
        }
    }

    private void keep() {
        while (!stopped) {
            try {
                Runnable next = inbox.take();
                lock.lock();
                try {
                    next.run();
                    kept.signal();
                } finally {
                    lock.unlock();
                }
            } catch (InterruptedException e) {
                LOG.debug("nobody is to interrupt this", e);
            }
        }
    }

    private void stop() {
        stopped = true;
        try {
            buffer.close();
        } catch (IOException e) {
            LOG.errorf("records do not close: %s", e.toString());
        }
    }

    private void post() {
        Backoff backoff = new Backoff(terms.firstRetry, terms.lastRetry, RandomGenerator.getDefault());
        boolean failing = false;
        try {
            while (true) {
                Map.Entry<Long, Entry> next = first();
                String failure = post(next.getValue());
                if (failure.isEmpty()) {
                    backoff.reset();
                    if (failing) {
                        LOG.info("records are taken again");
                    }
                    failing = false;
                    done = next.getKey();
                    long number = done;
                    inbox.put(() -> buffer.gone(number));
                } else {
                    if (!failing) {
                        LOG.warnf("records wait: %s", failure);
                    }
                    failing = true;
                    TimeUnit.NANOSECONDS.sleep(backoff.next().toNanos());
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("no more posts");
        }
    }

    private Map.Entry<Long, Entry> first() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            Map.Entry<Long, Entry> first = buffer.first();
            // What is done may still be in the buffer.
            while (first == null || first.getKey() <= done) {
                kept.await();
                first = buffer.first();
            }
            return first;
        } finally {
            lock.unlock();
        }
    }

    /** Empty when it needs no other try; else why. */
    private String post(Entry record) throws InterruptedException {
        try {
            int status = http.send(signed(record), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
            if (status / 100 == 2) {
                sent.incrementAndGet();
                return "";
            }
            if (status == 400 || status == 413 || status == 415 || status == 422) {
                refused.incrementAndGet();
                LOG.warnf(
                        "call %s: a record of type %s was refused: status %d", record.callId(), record.type(), status);
                return "";
            }
            return "status " + status;
        } catch (IOException e) {
            return e.toString();
        }
    }

    private HttpRequest signed(Entry record) {
        HttpRequest.Builder request = HttpRequest.newBuilder(terms.url)
                .timeout(terms.timeout)
                .header("Content-Type", "application/cloudevents+json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(record.body()));
        SigningKey key = terms.key;
        if (key != null) {
            String seconds = Long.toString(time.millis() / 1_000);
            byte[] head = (record.id() + "." + seconds + ".").getBytes(StandardCharsets.UTF_8);
            byte[] message = new byte[head.length + record.body().length];
            System.arraycopy(head, 0, message, 0, head.length);
            System.arraycopy(record.body(), 0, message, head.length, record.body().length);
            request.header("webhook-id", record.id())
                    .header("webhook-timestamp", seconds)
                    .header("webhook-signature", "v1," + Base64.getEncoder().encodeToString(key.sign(message)));
        }
        return request.build();
    }

    /** Waits a little for what is left, and stops; what is not taken by then stays on disk for the next process. */
    @Override
    public void close() {
        long until = System.nanoTime() + CLOSE_WAIT.toNanos();
        try {
            while (waiting() > 0 && System.nanoTime() < until) {
                Thread.sleep(20);
            }
            posting.interrupt();
            http.shutdownNow();
            posting.join(CLOSE_WAIT);
            inbox.put(this::stop);
            keeping.join(CLOSE_WAIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
