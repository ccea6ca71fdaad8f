package dev.dialplane.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.dialplane.contracts.agent.v1.ConverseRequest;
import dev.dialplane.contracts.agent.v1.ConverseResponse;
import dev.dialplane.contracts.agent.v1.OfferKind;
import dev.dialplane.contracts.agent.v1.OfferRequest;
import dev.dialplane.contracts.agent.v1.Phase;
import dev.dialplane.contracts.agent.v1.Transfer;
import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.control.v1.CallEvent;
import dev.dialplane.gateway.carrier.twilio.TwilioSignature;
import dev.dialplane.gateway.fake.FakeAgent;
import dev.dialplane.gateway.fake.FakeCarrier;
import dev.dialplane.gateway.fake.FakeWorld;
import dev.dialplane.gateway.fake.Receptionist;
import dev.dialplane.gateway.fake.SystemFixture;
import dev.dialplane.gateway.fake.TestGateway;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The way in that Twilio takes: webhook, media socket, next step, all signed. */
class WebhookSystemIT extends SystemFixture {
    private static final String PUBLIC = "https://voice.example.com";
    private static final String VOICE = "/twilio/default/receptionist/voice";
    private static final Pattern STREAM =
            Pattern.compile("<Stream url=\"wss://voice\\.example\\.com(/twilio/default/receptionist/media/[^\"]+)\"/>");
    private static final Pattern NEXT = Pattern.compile(
            "<Connect action=\"https://voice\\.example\\.com(/twilio/default/receptionist/next/[^\"]+)\">");

    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void closeClient() {
        http.shutdownNow();
    }

    private static Map<String, String> form(String callSid) {
        return Map.of("CallSid", callSid, "AccountSid", "AC1", "From", "+919812345678", "To", "+918000000001");
    }

    private HttpRequest post(String path, Map<String, String> form, String token) {
        Map<String, List<String>> signed = new TreeMap<>();
        form.forEach((name, value) -> signed.put(name, List.of(value)));
        String body = form.entrySet().stream()
                .map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway().publicPort() + path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("X-Twilio-Signature", TwilioSignature.sign(token, PUBLIC + path, signed))
                .timeout(PATIENCE)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    private HttpResponse<String> send(HttpRequest request) throws Exception {
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private String ring(String callSid) throws Exception {
        HttpResponse<String> response = send(post(VOICE, form(callSid), TestGateway.AUTH_TOKEN));
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body();
    }

    private static String find(Pattern what, String twiml) {
        Matcher matcher = what.matcher(twiml);
        assertThat(matcher.find()).as(twiml).isTrue();
        return matcher.group(1);
    }

    private FakeCarrier socket(String path, String callSid) throws Exception {
        return FakeCarrier.call(
                gateway().carriers(),
                "ws://127.0.0.1:" + gateway().publicPort() + path,
                callSid,
                Map.of("X-Twilio-Signature", signature(path)));
    }

    private static String signature(String path) {
        return TwilioSignature.sign(TestGateway.AUTH_TOKEN, "wss://voice.example.com" + path, Map.of());
    }

    @Test
    void anAgentIsReservedBeforeTheReplyAndTakesTheCallWhenItsMediaComes() throws Exception {
        FakeAgent agent = agent("a");
        start();
        String twiml = ring("CA1");
        assertThat(agent.phase()).isEqualTo(Phase.PHASE_OFFERED);
        assertThat(agent.offers).extracting(OfferRequest::getKind).containsExactly(OfferKind.OFFER_KIND_RESERVE);
        FakeCarrier carrier = socket(find(STREAM, twiml), "CA1");
        hears(carrier, Receptionist.GREETING);
        assertThat(agent.offers)
                .extracting(OfferRequest::getKind)
                .containsExactly(OfferKind.OFFER_KIND_RESERVE, OfferKind.OFFER_KIND_LIVE);
        assertThat(agent.offers.get(1).getFence()).isEqualTo(agent.offers.get(0).getFence());
        carrier.dtmf("#");
        carrier.closed.get(30, TimeUnit.SECONDS);
        CallEvent ended = ended();
        assertThat(ended.getParty()).isEqualTo("••••••5678");
        assertThat(ended.getAccount()).isEqualTo("AC1");
        assertThat(ended.getEnded().getAnswered().getRequestTimeUnixMs())
                .isLessThanOrEqualTo(ended.getEnded().getAnswered().getReserveTimeUnixMs());
        HttpResponse<String> next = send(post(find(NEXT, twiml), form("CA1"), TestGateway.AUTH_TOKEN));
        assertThat(next.body()).contains("<Hangup/>");
    }

    @Test
    void aRepeatedWebhookFindsTheSameReservation() throws Exception {
        FakeAgent agent = agent("a");
        agent("b");
        start();
        ring("CA1");
        ring("CA1");
        assertThat(agents.stream().mapToInt(a -> a.offers.size()).sum()).isEqualTo(1);
        assertThat(agents.stream().filter(a -> a.phase() == Phase.PHASE_OFFERED))
                .hasSize(1);
        assertThat(agent.served()).isZero();
    }

    @Test
    void aSecondSocketWithOneTokenIsRefused() throws Exception {
        agent("a");
        start();
        String path = find(STREAM, ring("CA1"));
        FakeCarrier carrier = socket(path, "CA1");
        hears(carrier, Receptionist.GREETING);
        assertThatThrownBy(() -> socket(path, "CA1")).hasMessageContaining("409");
        assertThat(gateway().count("carrier.faults", "cause", "second_socket")).isEqualTo(1);
        speak(carrier);
        hears(carrier, Receptionist.ANSWER);
        carrier.stop();
        ended();
    }

    @Test
    void aTokenThatIsForgedOrForAnotherPoolIsRefused() throws Exception {
        agent("a");
        start();
        String path = find(STREAM, ring("CA1"));
        String forged = path.substring(0, path.length() - 2) + (path.endsWith("AA") ? "BB" : "AA");
        assertThatThrownBy(() -> socket(forged, "CA1")).hasMessageContaining("403");
        assertThatThrownBy(() -> socket(path.replace("/receptionist/", "/other/"), "CA1"))
                .hasMessageContaining("403");
        assertThatThrownBy(() -> socket("/twilio/default/receptionist/media/nonsense", "CA1"))
                .hasMessageContaining("403");
    }

    @Test
    void aTokenThatExpiredIsRefusedAndTheCallWasAbandoned() throws Exception {
        options.reservation = Duration.ofSeconds(1);
        FakeAgent agent = agent("a");
        start();
        String path = find(STREAM, ring("CA1"));
        CallEvent refused = refused();
        assertThat(refused.getRefused().getCause()).isEqualTo(Cause.CAUSE_ABANDONED);
        assertThatThrownBy(() -> socket(path, "CA1")).hasMessageContaining("403");
        await().atMost(PATIENCE).until(() -> agent.phase() == Phase.PHASE_IDLE);
    }

    @Test
    void nothingUnsignedOrWronglySignedComesIn() throws Exception {
        FakeAgent agent = agent("a");
        start();
        assertThat(send(post(VOICE, form("CA1"), "another-token")).statusCode()).isEqualTo(403);
        HttpRequest unsigned = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + gateway().publicPort() + VOICE))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("CallSid=CA1"))
                .build();
        assertThat(send(unsigned).statusCode()).isEqualTo(403);
        HttpRequest tampered = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + gateway().publicPort() + VOICE))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("X-Twilio-Signature", TwilioSignature.sign(TestGateway.AUTH_TOKEN, PUBLIC + VOICE, Map.of()))
                .POST(HttpRequest.BodyPublishers.ofString("CallSid=CA1"))
                .build();
        assertThat(send(tampered).statusCode()).isEqualTo(403);
        String path = find(STREAM, ring("CA2"));
        assertThatThrownBy(() -> FakeCarrier.call(
                        gateway().carriers(), "ws://127.0.0.1:" + gateway().publicPort() + path, "CA2", Map.of()))
                .hasMessageContaining("403");
        assertThatThrownBy(() -> FakeCarrier.call(
                        gateway().carriers(),
                        "ws://127.0.0.1:" + gateway().publicPort() + "/twilio/default/receptionist",
                        "CA3",
                        Map.of()))
                .as("the public listener takes no socket without a token")
                .hasMessageContaining("404");
        assertThat(agent.conversations).isEmpty();
    }

    @Test
    void theSignedSocketSpeaksWhatTwilioSpeaksAndNothingElse() throws Exception {
        agent("a");
        start();
        String path = find(STREAM, ring("CA1"));
        FakeCarrier carrier = FakeCarrier.call(
                gateway().carriers(),
                "ws://127.0.0.1:" + gateway().publicPort() + path,
                "CA1",
                FakeCarrier.Format.L16,
                Map.of("X-Twilio-Signature", signature(path)));
        carrier.closed.get(15, TimeUnit.SECONDS);
        assertThat(carrier.socket().closeReason())
                .isEqualTo("mediaFormat.encoding is audio/l16, allowed: audio/x-mulaw");
    }

    @Test
    void aWebhookWithoutACallIsRefusedAndSaysWhy() throws Exception {
        agent("a");
        start();
        HttpResponse<String> response = send(post(VOICE, Map.of("AccountSid", "AC1"), TestGateway.AUTH_TOKEN));
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("CallSid");
    }

    @Test
    void withoutAnAgentTheCallerHearsBusyAndTheRefusalIsTold() throws Exception {
        agent("a");
        start();
        ring("CA1");
        assertThat(ring("CA2")).contains("<Reject reason=\"busy\"/>");
        assertThat(refused().getRefused().getCause()).isEqualTo(Cause.CAUSE_NO_AGENT);
    }

    @Test
    void theReplyWaitsForAnAgentThatBecomesFree() throws Exception {
        agent("a");
        start();
        FakeCarrier first = socket(find(STREAM, ring("CA1")), "CA1");
        hears(first, Receptionist.GREETING);
        CompletableFuture<HttpResponse<String>> second =
                http.sendAsync(post(VOICE, form("CA2"), TestGateway.AUTH_TOKEN), HttpResponse.BodyHandlers.ofString());
        await().atMost(PATIENCE)
                .until(() ->
                        operator.received.stream().anyMatch(r -> r.getDemand().getWaiting() == 1));
        first.stop();
        assertThat(second.get(30, TimeUnit.SECONDS).body()).contains("<Stream");
    }

    @Test
    void whenTheReservedAgentIsGoneAnotherTakesTheCall() throws Exception {
        agent("a");
        agent("b");
        start();
        String path = find(STREAM, ring("CA1"));
        FakeAgent reserved =
                agents.stream().filter(a -> !a.offers.isEmpty()).findFirst().orElseThrow();
        reserved.kill();
        FakeCarrier carrier = socket(path, "CA1");
        hears(carrier, Receptionist.GREETING);
        carrier.stop();
        CallEvent ended = ended();
        assertThat(ended.getFence().getAttempt()).isGreaterThan(1);
        assertThat(ended.getEnded().getAnswered().getPodUid()).isNotEqualTo(reserved.podUid());
    }

    @Test
    void aTransferClosesTheStreamAndTheNextStepDialsTheTarget() throws Exception {
        FakeAgent agent = agent("a", a -> new FakeAgent.Talk() {
            @Override
            public void heard(FakeAgent.Conversation call, ConverseRequest message) {
                switch (message.getMessageCase()) {
                    case DTMF ->
                        call.send(ConverseResponse.newBuilder()
                                .setTransfer(Transfer.newBuilder()
                                        .setTarget(message.getDtmf().getDigit().equals("1") ? "desk" : "nobody")
                                        .setMaxWaitMs(100))
                                .build());
                    case HANG_UP ->
                        call.summarize(dev.dialplane.contracts.agent.v1.CallSummary.newBuilder()
                                .setCause(message.getHangUp().getCause()));
                    default -> {}
                }
            }
        });
        start();
        String twiml = ring("CA1");
        FakeCarrier carrier = socket(find(STREAM, twiml), "CA1");
        await().atMost(PATIENCE).until(() -> !events().isEmpty());
        carrier.dtmf("2");
        await().atMost(PATIENCE)
                .until(() -> agent.conversations.getFirst().received.stream()
                        .anyMatch(m -> m.getTransferProgress().getDetail().contains("nobody")));
        carrier.dtmf("1");
        carrier.closed.get(30, TimeUnit.SECONDS);
        HttpResponse<String> next = send(post(find(NEXT, twiml), form("CA1"), TestGateway.AUTH_TOKEN));
        assertThat(next.body()).contains("<Dial>+918000000009</Dial>");
        assertThat(ended().getEnded().getCause()).isEqualTo(Cause.CAUSE_TRANSFERRED);
        assertThat(FakeWorld.pool().getSpec().getTransferTargetsCount()).isEqualTo(1);
    }

    @Test
    void aSocketThatSaysNoStartIsClosed() throws Exception {
        options.startTimeout = Duration.ofMillis(300);
        agent("a");
        start();
        String path = find(STREAM, ring("CA1"));
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        var client = gateway().carriers().createHttpClient();
        client.webSocket(new io.vertx.core.http.WebSocketConnectOptions()
                        .setAbsoluteURI("ws://127.0.0.1:" + gateway().publicPort() + path)
                        .addHeader(
                                "X-Twilio-Signature",
                                TwilioSignature.sign(
                                        TestGateway.AUTH_TOKEN, "wss://voice.example.com" + path, Map.of())))
                .onSuccess(ws -> ws.closeHandler(v -> closed.complete(true)))
                .onFailure(closed::completeExceptionally);
        assertThat(closed.get(30, TimeUnit.SECONDS)).isTrue();
        assertThat(gateway().count("carrier.faults", "cause", "no_start")).isEqualTo(1);
        client.close();
    }
}
