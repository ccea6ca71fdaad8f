package dev.dialplane.gateway.records;

import dev.dialplane.gateway.loop.Backoff;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jboss.logging.Logger;

/**
 * Posts records as CloudEvents 1.0 in structured mode, one after another, from a thread of its own. A post that fails is
 * tried again for a while; when the queue is full, the oldest record goes and is counted. Calls never wait for it.
 */
public final class CloudEventSender implements CallRecords, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(CloudEventSender.class);
    private static final int TRIES = 6;
    private static final Duration POST_TIMEOUT = Duration.ofSeconds(5);

    private record Waiting(String type, String callId, String body) {}

    private final URI url;
    private final String source;
    private final boolean partials;
    private final BlockingQueue<Waiting> queue;
    private final HttpClient http;
    private final Thread thread;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();

    /**
     * Starts sending.
     *
     * @param source the CloudEvents' source: this gateway
     * @param partials whether partial transcripts go out, too
     * @param capacity records that wait at most
     */
    public CloudEventSender(URI url, String source, boolean partials, int capacity) {
        this.url = url;
        this.source = source;
        this.partials = partials;
        queue = new ArrayBlockingQueue<>(capacity);
        http = HttpClient.newBuilder()
                .connectTimeout(POST_TIMEOUT)
                .version(HttpClient.Version.HTTP_1_1)
                .build();
        thread = Thread.ofVirtual().name("call-records").start(this::run);
    }

    @Override
    public boolean wantsPartials() {
        return partials;
    }

    @Override
    public void record(String type, String callId, long unixMs, String data) {
        String body = "{\"specversion\":\"1.0\",\"id\":\"" + UUID.randomUUID() + "\",\"source\":"
                + RecordData.quoted(source) + ",\"type\":\"" + type + "\",\"subject\":" + RecordData.quoted(callId)
                + ",\"time\":\"" + Instant.ofEpochMilli(unixMs)
                + "\",\"datacontenttype\":\"application/json\",\"data\":"
                + data + "}";
        Waiting record = new Waiting(type, callId, body);
        while (!queue.offer(record)) {
            if (queue.poll() != null) {
                dropped.incrementAndGet();
            }
        }
    }

    /** Records that were taken off our hands. */
    public long sent() {
        return sent.get();
    }

    /** Records that had to go. */
    public long dropped() {
        return dropped.get();
    }

    private void run() {
        try {
            while (true) {
                post(queue.take());
            }
        } catch (InterruptedException e) {
            LOG.debug("no more records");
        }
    }

    private void post(Waiting record) throws InterruptedException {
        Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(10), RandomGenerator.getDefault());
        String failure = "";
        for (int i = 0; i < TRIES; i++) {
            try {
                HttpRequest request = HttpRequest.newBuilder(url)
                        .timeout(POST_TIMEOUT)
                        .header("Content-Type", "application/cloudevents+json")
                        .POST(HttpRequest.BodyPublishers.ofString(record.body, StandardCharsets.UTF_8))
                        .build();
                int status = http.send(request, HttpResponse.BodyHandlers.discarding())
                        .statusCode();
                if (status / 100 == 2) {
                    sent.incrementAndGet();
                    return;
                }
                failure = "status " + status;
                if (status / 100 == 4 && status != 408 && status != 429) {
                    break;
                }
            } catch (IOException e) {
                failure = e.toString();
            }
            Thread.sleep(backoff.next());
        }
        dropped.incrementAndGet();
        LOG.warnf("call %s: a record of type %s was not taken: %s", record.callId, record.type, failure);
    }

    /** Waits a little for what is queued, and stops. */
    @Override
    public void close() {
        long until = System.nanoTime() + Duration.ofSeconds(2).toNanos();
        try {
            while (!queue.isEmpty() && System.nanoTime() < until) {
                Thread.sleep(20);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread.interrupt();
        http.shutdownNow();
    }
}
