package dev.dialplane.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.dialplane.audio.G711;
import dev.dialplane.audio.WavReader;
import dev.dialplane.contracts.agent.v1.Consent;
import dev.dialplane.contracts.agent.v1.ConsentBy;
import dev.dialplane.contracts.agent.v1.ConsentVerdict;
import dev.dialplane.contracts.agent.v1.ConverseRequest;
import dev.dialplane.contracts.agent.v1.ConverseResponse;
import dev.dialplane.contracts.agent.v1.RecordingControl;
import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.common.v1.Recording;
import dev.dialplane.contracts.control.v1.Pool;
import dev.dialplane.contracts.control.v1.Snapshot;
import dev.dialplane.gateway.fake.FakeAgent;
import dev.dialplane.gateway.fake.FakeCarrier;
import dev.dialplane.gateway.fake.FakeWorld;
import dev.dialplane.gateway.fake.Receptionist;
import dev.dialplane.gateway.fake.SystemFixture;
import dev.dialplane.gateway.fake.TestGateway;
import dev.dialplane.gateway.recording.RecordingSettings;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls that are recorded, over a real socket, and the files that come of it. */
class RecordingSystemIT extends SystemFixture {
    private static final int LOUD = 0;
    private static final int SILENT = 0xFF;
    private static final int FRAME = 160;

    private final List<JsonObject> told = new CopyOnWriteArrayList<>();
    private HttpServer receiver;
    private Path kept;

    /** A receptionist who is told by keys what the caller says to being recorded: 1 yes, 2 pause, 3 go on, 4 no, 5 nothing. */
    private static final class Recorded implements FakeAgent.Talk {
        private static final Consent.Builder AGREED = Consent.newBuilder()
                .setVerdict(ConsentVerdict.CONSENT_VERDICT_AGREED)
                .setBy(ConsentBy.CONSENT_BY_KEY)
                .setAskedUnixMs(1_000)
                .setAnsweredUnixMs(2_000);

        private final Receptionist receptionist = new Receptionist();

        @Override
        public void opened(FakeAgent.Conversation call) {
            receptionist.opened(call);
        }

        @Override
        public void heard(FakeAgent.Conversation call, ConverseRequest message) {
            switch (message.getDtmf().getDigit()) {
                case "1", "3" -> control(call, true, AGREED);
                case "2" -> control(call, false, AGREED);
                case "4" -> control(call, false, AGREED.clone().setVerdict(ConsentVerdict.CONSENT_VERDICT_DECLINED));
                case "5" -> control(call, true, Consent.newBuilder());
                default -> receptionist.heard(call, message);
            }
        }

        private static void control(FakeAgent.Conversation call, boolean on, Consent.Builder consent) {
            call.send(ConverseResponse.newBuilder()
                    .setRecordingControl(RecordingControl.newBuilder().setOn(on).setConsent(consent))
                    .build());
        }
    }

    @BeforeEach
    void somebodyListens() throws IOException {
        kept = directory.resolve("recordings");
        options.recordings = new RecordingSettings(kept, "in-west", 1 << 20, null);
        receiver = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        receiver.createContext("/", exchange -> {
            told.add(new JsonObject(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        receiver.start();
        options.records = URI.create("http://127.0.0.1:" + receiver.getAddress().getPort() + "/");
    }

    @AfterEach
    void nobodyListens() {
        receiver.stop(0);
    }

    private TestGateway startRecording(Pool.Builder pool) throws Exception {
        return start(Snapshot.newBuilder()
                .setVersion(1)
                .addPools(pool)
                .addAllAgents(agents.stream().map(FakeAgent::address).toList())
                .build());
    }

    private static Pool.Builder pool() {
        Pool.Builder pool = FakeWorld.pool();
        pool.getSpecBuilder().setRecording(Recording.newBuilder().setConsent("May we?"));
        return pool;
    }

    private void press(FakeCarrier carrier, FakeAgent agent, String key, boolean on) {
        FakeAgent.Conversation call = agent.conversations.getLast();
        long before = states(call).size();
        carrier.dtmf(key);
        await().atMost(PATIENCE).until(() -> states(call).size() == before + 1);
        assertThat(states(call).getLast()).as("key %s", key).isEqualTo(on);
    }

    private static List<Boolean> states(FakeAgent.Conversation call) {
        return call.received.stream()
                .filter(ConverseRequest::hasRecordingState)
                .map(it -> it.getRecordingState().getOn())
                .toList();
    }

    private static void quiet(FakeCarrier carrier) {
        await().atMost(PATIENCE)
                .until(() -> carrier.heard.size() > 10
                        && carrier.heard.subList(carrier.heard.size() - 10, carrier.heard.size()).stream()
                                .allMatch(value -> value == -1));
    }

    private void speakAndListen(FakeCarrier carrier) {
        int from = carrier.heard.size();
        speak(carrier);
        await().atMost(PATIENCE)
                .until(() -> carrier.heard.subList(from, carrier.heard.size()).contains(Receptionist.ANSWER));
        quiet(carrier);
    }

    private JsonObject toldOf() {
        await().atMost(PATIENCE)
                .until(() -> told.stream().anyMatch(it -> it.getString("type").equals("dev.dialplane.call.recording")));
        return told.stream()
                .filter(it -> it.getString("type").equals("dev.dialplane.call.recording"))
                .findFirst()
                .orElseThrow()
                .getJsonObject("data");
    }

    private List<Path> wavs() throws IOException {
        if (!Files.exists(kept)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(kept)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private static int first(short[] channel, int from, int value) {
        short wanted = G711.MU_LAW.decode((byte) value);
        for (int i = from; i < channel.length; i++) {
            if (channel[i] == wanted) {
                return i;
            }
        }
        throw new AssertionError("no %d from %d on".formatted(value, from));
    }

    private static int count(short[] channel, int from, int to, int value) {
        short wanted = G711.MU_LAW.decode((byte) value);
        int count = 0;
        for (int i = from; i < to; i++) {
            count += channel[i] == wanted ? 1 : 0;
        }
        return count;
    }

    private static int first(List<Integer> frames, int from, int value) {
        for (int i = from; i < frames.size(); i++) {
            if (frames.get(i) == value) {
                return i;
            }
        }
        throw new AssertionError("no %d from %d on".formatted(value, from));
    }

    @Test
    void aCallIsRecordedFromConsentOnAsItWasOnTheWireAndNotInPauses() throws Exception {
        FakeAgent agent = agent("a", a -> new Recorded());
        TestGateway gateway = startRecording(pool());
        FakeCarrier carrier = gateway.call("CA1");
        hears(carrier, Receptionist.GREETING);
        quiet(carrier);
        assertThat(agent.offers.getFirst().getRecords()).isTrue();
        speakAndListen(carrier);
        assertThat(wavs()).as("before consent").isEmpty();

        press(carrier, agent, "1", true);
        int consent = carrier.said.size();
        speakAndListen(carrier);
        press(carrier, agent, "2", false);
        speakAndListen(carrier);
        press(carrier, agent, "3", true);
        int resumed = carrier.said.size();
        speak(carrier);
        await().atMost(PATIENCE)
                .until(() ->
                        carrier.heard.subList(resumed, carrier.heard.size()).contains(Receptionist.ANSWER));
        // Interrupts: what the carrier has queued is cleared.
        carrier.voice = LOUD;
        await().atMost(PATIENCE).until(() -> carrier.count("clear") > 0);
        carrier.voice = SILENT;
        int cleared = carrier.heard.size();
        await().atMost(PATIENCE)
                .until(() ->
                        carrier.heard.subList(cleared, carrier.heard.size()).contains(Receptionist.ANSWER));
        quiet(carrier);
        carrier.dtmf("#");
        carrier.closed.get(30, TimeUnit.SECONDS);

        JsonObject data = toldOf();
        JsonObject of = data.getJsonObject("recording");
        assertThat(of.getString("state")).isEqualTo("Kept");
        assertThat(of.getJsonObject("consent"))
                .isEqualTo(new JsonObject()
                        .put("verdict", "Agreed")
                        .put("by", "Key")
                        .put("askedAt", "1970-01-01T00:00:01Z")
                        .put("answeredAt", "1970-01-01T00:00:02Z"));
        assertThat(data.encode()).doesNotContain("9812345678");
        Path file = Path.of(URI.create(of.getString("url")));
        assertThat(file.getFileName().toString()).isEqualTo(data.getString("callId") + ".wav");
        assertThat(file.toString()).contains("/default/receptionist/");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(wavs()).containsExactly(file));

        var wav = WavReader.read(file);
        short[] caller = wav.channel(0);
        short[] voice = wav.channel(1);
        assertThat(count(voice, 0, voice.length, Receptionist.GREETING)).isZero();

        // The reply lies after the caller's words as it did at the carrier's socket.
        int spoke = first(carrier.said, consent, LOUD);
        int replied = first(carrier.heard, spoke, Receptionist.ANSWER);
        int spokeInFile = first(caller, 0, LOUD);
        int repliedInFile = first(voice, 0, Receptionist.ANSWER);
        assertThat(repliedInFile - spokeInFile).isCloseTo((replied - spoke) * FRAME, within(3 * FRAME));

        JsonObject pause = of.getJsonArray("pauses").getJsonObject(0);
        int pauseFrom = (int) (pause.getLong("fromMs") * 8);
        int pauseTo = (int) (pause.getLong("toMs") * 8);
        assertThat(pauseTo - pauseFrom).isGreaterThan(800 * 8);
        assertThat(count(caller, pauseFrom, pauseTo, SILENT)).isEqualTo(pauseTo - pauseFrom);
        assertThat(count(voice, pauseFrom, pauseTo, SILENT)).isEqualTo(pauseTo - pauseFrom);
        assertThat(count(caller, 0, pauseFrom, LOUD)).isCloseTo(20 * FRAME, within(2 * FRAME));
        assertThat(count(voice, 0, pauseFrom, Receptionist.ANSWER)).isEqualTo(30 * FRAME);
        int pressed = first(carrier.said, resumed, LOUD);
        assertThat(first(caller, pauseTo, LOUD) - spokeInFile).isCloseTo((pressed - spoke) * FRAME, within(3 * FRAME));

        // What was cleared was not heard; after the interruption comes another answer, which was.
        long heard = carrier.heard.subList(resumed, carrier.heard.size()).stream()
                .filter(value -> value == Receptionist.ANSWER)
                .count();
        assertThat(heard).isBetween(31L, 58L);
        long inFile = count(voice, pauseTo, voice.length, Receptionist.ANSWER) / FRAME;
        assertThat(inFile).isCloseTo(heard, within(3L));
        for (String gauge : List.of("active", "waiting", "waiting.bytes")) {
            await().atMost(PATIENCE)
                    .until(() -> gateway.registry()
                                    .get("dialplane.gateway.recordings." + gauge)
                                    .gauge()
                                    .value()
                            == 0);
        }
    }

    @Test
    void aRecordingGoesOnWithTheNextAgent() throws Exception {
        List<FakeAgent> both = List.of(agent("a", a -> new Recorded()), agent("b", a -> new Recorded()));
        FakeCarrier carrier = startRecording(pool()).call("CA1");
        hears(carrier, Receptionist.GREETING);
        quiet(carrier);
        await().atMost(PATIENCE).until(() -> both.stream().anyMatch(it -> !it.conversations.isEmpty()));
        FakeAgent holder = both.getFirst().conversations.isEmpty() ? both.getLast() : both.getFirst();
        FakeAgent other = holder == both.getFirst() ? both.getLast() : both.getFirst();
        press(carrier, holder, "1", true);
        speakAndListen(carrier);
        holder.kill();
        hears(carrier, Receptionist.BACK);
        quiet(carrier);
        press(carrier, other, "2", false);
        carrier.stop();
        ended();

        JsonObject of = toldOf().getJsonObject("recording");
        short[] voice = WavReader.read(Path.of(URI.create(of.getString("url")))).channel(1);
        assertThat(count(voice, 0, voice.length, Receptionist.ANSWER)).isEqualTo(30 * FRAME);
        assertThat(count(voice, 0, voice.length, Receptionist.BACK)).isEqualTo(20 * FRAME);
        assertThat(of.getJsonArray("pauses")).hasSize(1);
    }

    private void aWholeCall(FakeCarrier carrier, FakeAgent agent, String key, boolean on) throws Exception {
        hears(carrier, Receptionist.GREETING);
        quiet(carrier);
        press(carrier, agent, key, on);
        speakAndListen(carrier);
        carrier.dtmf("#");
        carrier.closed.get(30, TimeUnit.SECONDS);
        assertThat(ended().getEnded().getCause()).isEqualTo(Cause.CAUSE_AGENT_HUNG_UP);
    }

    @Test
    void aStoreThatFailsIsToldOfAndTheCallGoesOn() throws Exception {
        kept = Files.createFile(directory.resolve("full"));
        options.recordings = new RecordingSettings(kept, "", 1 << 20, null);
        FakeAgent agent = agent("a", a -> new Recorded());
        TestGateway gateway = startRecording(pool());
        FakeCarrier carrier = gateway.call("CA1");
        hears(carrier, Receptionist.GREETING);
        quiet(carrier);
        carrier.dtmf("1");
        await().atMost(PATIENCE)
                .until(() -> !states(agent.conversations.getLast()).isEmpty());
        speakAndListen(carrier);
        carrier.dtmf("#");
        carrier.closed.get(30, TimeUnit.SECONDS);
        assertThat(ended().getEnded().getCause()).isEqualTo(Cause.CAUSE_AGENT_HUNG_UP);

        JsonObject of = toldOf().getJsonObject("recording");
        assertThat(of.getString("state")).isEqualTo("Failed");
        assertThat(of.getString("reason")).contains("full");
        assertThat(gateway.registry()
                        .get("dialplane.gateway.recordings.failed")
                        .functionCounter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void withoutAStoreNobodyIsAskedAndNothingIsRecorded() throws Exception {
        options.recordings = null;
        FakeAgent agent = agent("a", a -> new Recorded());
        TestGateway gateway = startRecording(pool());
        aWholeCall(gateway.call("CA1"), agent, "1", false);

        assertThat(agent.offers.getFirst().getRecords()).isFalse();
        assertThat(toldOf().getJsonObject("recording").getString("reason")).contains("nowhere to keep");
        assertThat(gateway.registry()
                        .get("dialplane.gateway.recordings.impossible")
                        .gauge()
                        .value())
                .isEqualTo(1);
    }

    @Test
    void inAnotherRegionNothingIsRecorded() throws Exception {
        FakeAgent agent = agent("a", a -> new Recorded());
        TestGateway gateway = startRecording(pool().addResidency("in-south"));
        aWholeCall(gateway.call("CA1"), agent, "1", false);

        assertThat(agent.offers.getFirst().getRecords()).isFalse();
        assertThat(toldOf().getJsonObject("recording").getString("reason")).contains("in-south");
        assertThat(wavs()).isEmpty();
    }

    @Test
    void aPoolThatDoesNotWantItIsNotRecordedWhateverItsAgentSays() throws Exception {
        FakeAgent agent = agent("a", a -> new Recorded());
        aWholeCall(startRecording(FakeWorld.pool()).call("CA1"), agent, "1", false);
        assertThat(agent.offers.getFirst().getRecords()).isFalse();
        assertThat(wavs()).isEmpty();
    }

    @Test
    void whoDeclinesIsNotRecordedAndThatIsTold() throws Exception {
        FakeAgent agent = agent("a", a -> new Recorded());
        FakeCarrier carrier = startRecording(pool()).call("CA1");
        hears(carrier, Receptionist.GREETING);
        press(carrier, agent, "4", false);
        aWholeCall(carrier, agent, "1", false);

        JsonObject of = toldOf().getJsonObject("recording");
        assertThat(of.getString("state")).isEqualTo("NotRecorded");
        assertThat(of.getJsonObject("consent").getString("verdict")).isEqualTo("Declined");
        assertThat(wavs()).isEmpty();
    }

    @Test
    void anAgentWithoutAConsentToShowRecordsNothing() throws Exception {
        FakeAgent agent = agent("a", a -> new Recorded());
        aWholeCall(startRecording(pool()).call("CA1"), agent, "5", false);
        assertThat(wavs()).isEmpty();
    }
}
