package dev.dialplane.inference.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.dialplane.contracts.common.v1.Tool;
import dev.dialplane.contracts.inference.v1.InvokeRequest;
import dev.dialplane.contracts.inference.v1.InvokeResponse;
import dev.dialplane.inference.call.Caller;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.timing.SystemTimers;
import io.grpc.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a server that does what tools do, and what they should not. */
class HttpToolsTest {
    private static final Caller CALLER = new Caller("call1", 1, "shop");

    /** What the tool does to one request. */
    private interface Behaviour {
        void answer(HttpExchange exchange) throws IOException, InterruptedException;
    }

    private record Seen(String body, String key, @Nullable String authorization) {}

    @TempDir
    Path secrets;

    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final List<Behaviour> behaviours = new CopyOnWriteArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private HttpServer server;
    private HttpTools tools;
    private Tool tool;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Behaviour behaviour;
            synchronized (behaviours) {
                seen.add(new Seen(
                        body,
                        exchange.getRequestHeaders().getFirst("Idempotency-Key"),
                        exchange.getRequestHeaders().getFirst("Authorization")));
                behaviour = behaviours.size() > 1 ? behaviours.removeFirst() : behaviours.getFirst();
            }
            try (exchange) {
                behaviour.answer(exchange);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        server.start();
        tools = tools(List.of("127.0.0.1"));
        tool = Tool.newBuilder()
                .setName("orders")
                .setUrl("http://127.0.0.1:" + server.getAddress().getPort() + "/orders")
                .build();
    }

    @AfterEach
    void stop() {
        over.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private HttpTools tools(List<String> privateHosts) {
        return new HttpTools(new Destinations(privateHosts), new ToolSecrets(Optional.of(secrets)), new SystemTimers());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            200 | {"ships": "today"} | {"ships":"today"}              | ''
            200 | on its way         | "on its way"                   | ''
            200 | say "hi"           | "say \\"hi\\""                 | ''
            204 | ''                 | {}                             | ''
            404 | {"known": false}   | {"known":false}                | status 404
            302 | ''                 | {}                             | status 302
            """)
    void whatItAnswersGoesToTheModelAsJson(int status, String body, String output, String error) throws Exception {
        behaviours.add(answers(status, body));

        InvokeResponse response = invoke("{\"number\": 4711}", "1-1-0");

        assertThat(response.getOutputJson()).isEqualTo(output);
        assertThat(response.getError()).isEqualTo(error);
        assertThat(seen).containsExactly(new Seen("{\"number\": 4711}", "call1-1-1-0", null));
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 503})
    void aToolWithTooMuchToDoIsAskedOnceMoreWithTheSameKey(int status) throws Exception {
        behaviours.add(answers(status, ""));
        behaviours.add(answers(200, "{}"));

        assertThat(invoke("{}", "1").getError()).isEmpty();

        assertThat(seen).hasSize(2).extracting(Seen::key).containsOnly("call1-1");
    }

    @Test
    void oneThatStaysBrokenIsAnError() throws Exception {
        behaviours.add(answers(503, ""));

        assertThat(invoke("{}", "1").getError()).isEqualTo("status 503");
        assertThat(seen).hasSize(2);
    }

    @Test
    void aConnectionThatBreaksIsTriedOnceMore() throws Exception {
        behaviours.add(HttpExchange::close);
        behaviours.add(answers(200, "1"));

        assertThat(invoke("{}", "1").getOutputJson()).isEqualTo("1");
    }

    @Test
    void tooMuchIsAnErrorAndNotRead() throws Exception {
        behaviours.add(answers(200, "x".repeat(100_000)));

        InvokeResponse response = invoke("{}", "1");

        assertThat(response.getError()).isEqualTo("its answer has more than 16384 bytes");
        assertThat(response.getOutputJson()).isEmpty();
    }

    @Test
    void whatIsNoTextIsAnError() throws Exception {
        behaviours.add(exchange -> {
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write(new byte[] {(byte) 0xc3, 0x28});
        });

        assertThat(invoke("{}", "1").getError()).isEqualTo("its answer is no text");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void oneThatStallsIsGivenUp(boolean inItsBody) {
        behaviours.add(exchange -> {
            if (inItsBody) {
                exchange.sendResponseHeaders(200, 100);
                exchange.getResponseBody().write('{');
                exchange.getResponseBody().flush();
            }
            over.await();
        });

        assertThatThrownBy(
                        () -> tools.invoke(request("{}", "1").setTimeoutMs(300).build(), List.of(tool), CALLER))
                .isInstanceOfSatisfying(
                        ModelException.class, e -> assertThat(e.code()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
    }

    @Test
    void theSameKeyIsRunOnceAndHeardTwice() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        behaviours.add(exchange -> {
            go.await();
            answers(200, "7").answer(exchange);
        });
        Future<InvokeResponse> first = threads.submit(() -> invoke("{}", "1"));
        Future<InvokeResponse> second = threads.submit(() -> invoke("{}", "1"));
        await().atMost(Duration.ofSeconds(10)).until(() -> !seen.isEmpty());
        go.countDown();

        assertThat(first.get().getOutputJson()).isEqualTo("7");
        assertThat(second.get()).isEqualTo(first.get());
        assertThat(invoke("{}", "1")).isEqualTo(first.get());
        assertThat(seen).hasSize(1);
        assertThat(invoke("{}", "2").getOutputJson()).isEqualTo("7");
        assertThat(seen).as("another errand").hasSize(2);
    }

    @Test
    void oneThatCouldNotBeReachedIsTriedAnewUnderTheSameKey() throws Exception {
        behaviours.add(HttpExchange::close);
        behaviours.add(HttpExchange::close);
        behaviours.add(answers(200, "1"));
        assertThatThrownBy(() -> invoke("{}", "1"))
                .isInstanceOfSatisfying(
                        ModelException.class, e -> assertThat(e.code()).isEqualTo(Status.Code.UNAVAILABLE));

        assertThat(invoke("{}", "1").getOutputJson()).isEqualTo("1");
    }

    @Test
    void aPrivateAddressIsRefusedUnlessItIsNamed() {
        behaviours.add(answers(200, "{}"));

        assertThatThrownBy(() -> tools(List.of()).invoke(request("{}", "1").build(), List.of(tool), CALLER))
                .hasMessageContaining("private address");
        assertThat(seen).isEmpty();
    }

    @Test
    void itsCredentialIsItsOwnNamespacesAndReadEachTime() throws Exception {
        tool = tool.toBuilder().setSecretName("crm").setSecretKey("token").build();
        behaviours.add(answers(200, "{}"));
        Files.writeString(secrets.resolve("other.crm.token"), "not for you");
        assertThatThrownBy(() -> invoke("{}", "1"))
                .hasMessageContaining("shop.crm.token")
                .hasMessageNotContaining("not for you");
        assertThat(seen).isEmpty();

        for (String value : List.of("first\n", "second")) {
            Files.writeString(secrets.resolve("shop.crm.token"), value);
            invoke("{}", value.strip());
        }

        assertThat(seen).extracting(Seen::authorization).containsExactly("Bearer first", "Bearer second");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            orders  | []       | 1  | arguments_json
            orders  | nonsense | 1  | arguments_json
            orders  | {} {}    | 1  | arguments_json
            orders  | {}       | '' | idempotency_key
            orders  | {}       | a b | idempotency_key
            weather | {}       | 1  | name
            """)
    void aBadRequestIsRefusedAndNamesTheField(String name, String arguments, String key, String field) {
        behaviours.add(answers(200, "{}"));

        assertThatThrownBy(
                        () -> tools.invoke(request(arguments, key).setName(name).build(), List.of(tool), CALLER))
                .isInstanceOfSatisfying(
                        ModelException.class,
                        e -> assertThat(e.error().getBadRequest().getField()).isEqualTo(field));
        assertThat(seen).isEmpty();
    }

    @Test
    void whoHasNoCallRunsNothing() {
        behaviours.add(answers(200, "{}"));

        assertThatThrownBy(() -> tools.invoke(request("{}", "1").build(), List.of(tool), new Caller("pod", 0, "shop")))
                .isInstanceOfSatisfying(
                        ModelException.class, e -> assertThat(e.code()).isEqualTo(Status.Code.UNAUTHENTICATED));
        assertThat(seen).isEmpty();
    }

    private InvokeResponse invoke(String arguments, String key) throws InterruptedException {
        return tools.invoke(request(arguments, key).build(), List.of(tool), CALLER).toBuilder()
                .setTookMs(0)
                .build();
    }

    private static InvokeRequest.Builder request(String arguments, String key) {
        return InvokeRequest.newBuilder()
                .setName("orders")
                .setArgumentsJson(arguments)
                .setIdempotencyKey(key);
    }

    private static Behaviour answers(int status, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return exchange -> {
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        };
    }
}
