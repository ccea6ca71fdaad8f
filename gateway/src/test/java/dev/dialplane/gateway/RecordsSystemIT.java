package dev.dialplane.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.util.JsonFormat;
import com.sun.net.httpserver.HttpServer;
import dev.dialplane.contracts.agent.v1.CallSummary;
import dev.dialplane.contracts.agent.v1.TurnEvent;
import dev.dialplane.gateway.fake.FakeCarrier;
import dev.dialplane.gateway.fake.Receptionist;
import dev.dialplane.gateway.fake.SystemFixture;
import io.vertx.core.json.JsonObject;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Records of calls, posted to whoever takes them. */
class RecordsSystemIT extends SystemFixture {
    @Test
    void aCallIsToldAsCloudEventsEvenIfTheReceiverStumbles() throws Exception {
        List<JsonObject> taken = new CopyOnWriteArrayList<>();
        List<String> types = new CopyOnWriteArrayList<>();
        AtomicInteger stumbles = new AtomicInteger(2);
        HttpServer receiver = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        receiver.createContext("/records", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            boolean stumble = stumbles.getAndDecrement() > 0;
            if (!stumble) {
                types.add(exchange.getRequestHeaders().getFirst("Content-Type"));
                taken.add(new JsonObject(new String(body, StandardCharsets.UTF_8)));
            }
            exchange.sendResponseHeaders(stumble ? 503 : 204, -1);
            exchange.close();
        });
        receiver.start();
        options.records = URI.create("http://127.0.0.1:" + receiver.getAddress().getPort() + "/records");
        try {
            agent("a");
            FakeCarrier carrier = start().call("CA1");
            hears(carrier, Receptionist.GREETING);
            speak(carrier);
            hears(carrier, Receptionist.ANSWER);
            carrier.dtmf("#");
            carrier.closed.get(30, TimeUnit.SECONDS);
            await().atMost(PATIENCE)
                    .until(() ->
                            taken.stream().anyMatch(r -> r.getString("type").equals("dev.dialplane.call.ended")));
        } finally {
            receiver.stop(0);
        }
        assertThat(types).containsOnly("application/cloudevents+json");
        assertThat(taken).extracting(r -> r.getString("type")).startsWith("dev.dialplane.call.answered");
        assertThat(taken).extracting(r -> r.getString("type")).endsWith("dev.dialplane.call.ended");
        String callId = taken.getFirst().getString("subject");
        assertThat(taken).allSatisfy(r -> {
            assertThat(r.getString("specversion")).isEqualTo("1.0");
            assertThat(r.getString("subject")).isEqualTo(callId);
            assertThat(r.getString("id")).isNotBlank();
            JsonObject data = r.getJsonObject("data");
            assertThat(data.getString("pool")).isEqualTo("receptionist");
            assertThat(data.getString("namespace")).isEqualTo("default");
            assertThat(data.getString("carrierCallId")).isEqualTo("CA1");
            assertThat(data.getString("callId")).isEqualTo(callId);
        });
        assertThat(taken).extracting(r -> r.getString("id")).doesNotHaveDuplicates();
        List<JsonObject> turns = taken.stream()
                .filter(r -> r.getString("type").equals("dev.dialplane.call.turn"))
                .map(r -> r.getJsonObject("data"))
                .toList();
        TurnEvent.Builder turn = TurnEvent.newBuilder();
        JsonFormat.parser().merge(turns.get(1).getJsonObject("event").encode(), turn);
        assertThat(turn.getCallerTurn().getText()).isEqualTo("turn 1");
        JsonObject ended = taken.getLast().getJsonObject("data");
        assertThat(ended.getString("cause")).isEqualTo("AgentHungUp");
        CallSummary.Builder summary = CallSummary.newBuilder();
        JsonFormat.parser().merge(ended.getJsonObject("summary").encode(), summary);
        assertThat(summary.getTurns()).isEqualTo(1);
        assertThat(ended.getJsonArray("responses").getJsonObject(0).getInteger("turn"))
                .isEqualTo(1);
        assertThat(ended.getJsonArray("responses").getJsonObject(0).getLong("responseMs"))
                .isPositive();
    }
}
