package dev.dialplane.gateway.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.dialplane.gateway.token.SigningKey;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records against a receiver that fails, stalls, goes and comes back. */
class CloudEventSenderSystemIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final byte[] KEY = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private record Post(String id, String signature, String timestamp, String body) {
        String subject() {
            return new JsonObject(body).getString("subject");
        }
    }

    @TempDir
    private Path directory;

    private final List<Post> taken = new CopyOnWriteArrayList<>();
    private final List<Post> seen = new CopyOnWriteArrayList<>();
    private final List<CloudEventSender> senders = new ArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile int status = 204;
    private volatile boolean stalls;
    private HttpServer server;

    @BeforeEach
    void receives() throws IOException {
        server = serve(0);
    }

    @AfterEach
    void ends() {
        over.countDown();
        senders.forEach(CloudEventSender::close);
        server.stop(0);
    }

    private HttpServer serve(int port) throws IOException {
        HttpServer fresh = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        fresh.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        fresh.createContext("/", this::receive);
        fresh.start();
        return fresh;
    }

    private void receive(HttpExchange exchange) throws IOException {
        Post post = new Post(
                exchange.getRequestHeaders().getFirst("webhook-id"),
                exchange.getRequestHeaders().getFirst("webhook-signature"),
                exchange.getRequestHeaders().getFirst("webhook-timestamp"),
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        seen.add(post);
        int answer = status;
        if (stalls) {
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        } else if (answer == 204) {
            taken.add(post);
        }
        exchange.sendResponseHeaders(answer, -1);
        exchange.close();
    }

    private CloudEventSender sender(int maxRecords, @Nullable SigningKey key) throws IOException {
        CloudEventSender sender = new CloudEventSender(
                new CloudEventSender.Terms(
                        URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/"),
                        key,
                        "test",
                        true,
                        directory.resolve("records.journal"),
                        maxRecords,
                        1 << 20,
                        Duration.ofMillis(300),
                        Duration.ofMillis(5),
                        Duration.ofMillis(50)),
                () -> Instant.ofEpochSecond(1_700_000_000));
        senders.add(sender);
        return sender;
    }

    private CloudEventSender sender() throws IOException {
        return sender(1_000, new SigningKey(KEY));
    }

    private static void ended(CloudEventSender to, String callId) {
        to.record("dev.dialplane.call.ended", callId, 0, "{}");
    }

    private List<String> subjects() {
        return taken.stream().map(Post::subject).toList();
    }

    private void taken(int records) {
        await().atMost(PATIENCE).until(() -> taken.size() >= records);
    }

    @Test
    void eachPostIsSignedOverItsIdItsTimeAndItsBody() throws Exception {
        ended(sender(), "call-1");
        taken(1);
        Post post = taken.getFirst();
        assertThat(post.timestamp).isEqualTo("1700000000");
        assertThat(post.id).isEqualTo(new JsonObject(post.body).getString("id"));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
        String signed = post.id + ".1700000000." + post.body;
        assertThat(post.signature)
                .isEqualTo("v1,"
                        + Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8))));
    }

    @Test
    void withoutAKeyNothingIsSigned() throws Exception {
        ended(sender(10, null), "call-1");
        taken(1);
        assertThat(taken.getFirst().signature).isNull();
    }

    @Test
    void aReceiverThatFailsGetsAllRecordsInTheirOrderOnceItIsBack() throws Exception {
        status = 503;
        CloudEventSender sender = sender();
        for (int i = 0; i < 20; i++) {
            ended(sender, "call-" + i);
        }
        await().atMost(PATIENCE).until(() -> seen.size() > 12);
        assertThat(seen.stream().map(Post::subject).distinct()).containsExactly("call-0");
        assertThat(sender.dropped()).isZero();
        status = 204;
        taken(20);
        for (int i = 0; i < 20; i++) {
            assertThat(subjects().get(i)).isEqualTo("call-" + i);
        }
        await().atMost(PATIENCE).until(() -> sender.waiting() == 0);
        assertThat(sender.sent()).isEqualTo(20);
    }

    @Test
    void aReceiverThatStallsIsAskedAgainAndARepetitionHasTheSameId() throws Exception {
        stalls = true;
        CloudEventSender sender = sender();
        ended(sender, "call-1");
        await().atMost(PATIENCE).until(() -> seen.size() >= 2);
        stalls = false;
        taken(1);
        assertThat(seen.stream().map(Post::id).distinct()).hasSize(1);
    }

    @Test
    void whatWasNotTakenIsSentByTheNextProcess() throws Exception {
        status = 503;
        CloudEventSender former = sender();
        ended(former, "call-1");
        ended(former, "call-2");
        await().atMost(PATIENCE).until(() -> !seen.isEmpty());
        former.close();
        int port = server.getAddress().getPort();
        server.stop(0);
        status = 204;
        server = serve(port);
        CloudEventSender next = sender();
        ended(next, "call-3");
        taken(3);
        assertThat(subjects()).containsExactly("call-1", "call-2", "call-3");
        await().atMost(PATIENCE).until(() -> next.waiting() == 0);
        next.close();
        assertThat(sender().waiting()).as("nothing is left for a third").isZero();
    }

    @Test
    void aReceiverThatIsAwayIsFoundAgain() throws Exception {
        int port = server.getAddress().getPort();
        CloudEventSender sender = sender();
        server.stop(0);
        ended(sender, "call-1");
        await().atMost(PATIENCE).until(() -> sender.waiting() == 1);
        server = serve(port);
        taken(1);
    }

    @Test
    void aRecordThatIsNotAcceptableHoldsUpNoOther() throws Exception {
        status = 422;
        CloudEventSender sender = sender();
        ended(sender, "call-1");
        await().atMost(PATIENCE).until(() -> sender.dropped() == 1);
        status = 204;
        ended(sender, "call-2");
        taken(1);
        assertThat(subjects()).containsExactly("call-2");
    }

    @Test
    void aReceiverThatDoesNotKnowTheKeyYetLosesNothing() throws Exception {
        status = 401;
        CloudEventSender sender = sender();
        ended(sender, "call-1");
        await().atMost(PATIENCE).until(() -> seen.size() >= 3);
        assertThat(sender.dropped()).isZero();
        status = 204;
        taken(1);
    }

    @Test
    void whenTheBufferIsFullWhatWasHalfUnderstoodGoesFirstThenWhatWasSaidAndEndsLast() throws Exception {
        status = 503;
        CloudEventSender sender = sender(6, null);
        sender.record("dev.dialplane.call.turn", "turn", 0, "{}");
        for (int i = 0; i < 5; i++) {
            sender.record("dev.dialplane.call.partial", "partial-" + i, 0, "{}");
        }
        for (int i = 0; i < 6; i++) {
            ended(sender, "call-" + i);
        }
        await().atMost(PATIENCE).until(() -> sender.dropped() == 6);
        status = 204;
        taken(6);
        assertThat(subjects()).containsExactly("call-0", "call-1", "call-2", "call-3", "call-4", "call-5");
    }
}
