package dev.dialplane.local.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dialplane.audio.G711;
import dev.dialplane.audio.Level;
import dev.dialplane.audio.Recording;
import dev.dialplane.audio.WavReader;
import dev.dialplane.local.caller.carrier.Dialed;
import dev.dialplane.local.caller.carrier.LineEnd;
import dev.dialplane.local.caller.carrier.LineLog;
import dev.dialplane.local.caller.carrier.LineObserver;
import dev.dialplane.local.caller.report.EventReceiver;
import dev.dialplane.local.caller.report.Spoken;
import dev.dialplane.local.caller.report.Turn;
import dev.dialplane.local.caller.speech.CallerScript;
import dev.dialplane.local.caller.talk.Conversation.Patience;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole caller over real sockets, in real time, against a gateway whose side the test plays. */
@Timeout(60)
class CallerSystemIT {
    private static final FakeGateway.Side DEAF = (stream, message, nanos) -> {};

    private final TestCaller caller = new TestCaller(null);

    @AfterEach
    void close() {
        caller.close();
    }

    @Test
    void saysConnectedAndStartAndThenAFrameEvery20MsWithAllNumbersAsStrings() throws Exception {
        List<Long> times = new CopyOnWriteArrayList<>();
        CompletableFuture<FakeGateway.Stream> stream = new CompletableFuture<>();
        FakeGateway.Side side = (s, message, nanos) -> {
            stream.complete(s);
            if (!message.path("event").asText().equals("connected")) {
                times.add(nanos);
            }
        };
        try (var gateway = new FakeGateway(_ -> "", side);
                var speaker = dial(gateway, new LineObserver() {})) {
            await().until(() -> times.size() > 101);
            List<JsonNode> messages = List.copyOf(stream.get().messages);
            assertThat(messages.get(0))
                    .hasToString("{\"event\":\"connected\",\"protocol\":\"Call\",\"version\":\"1.0.0\"}");
            JsonNode start = messages.get(1);
            assertThat(start.path("event").asText()).isEqualTo("start");
            assertThat(start.path("sequenceNumber").asText()).isEqualTo("1");
            assertThat(start.path("start").path("callSid").asText()).matches("CA[0-9a-f]{32}");
            assertThat(start.path("start").path("mediaFormat").path("encoding").asText())
                    .isEqualTo("audio/x-mulaw");
            for (int k = 0; k < 100; k++) {
                JsonNode media = messages.get(2 + k);
                assertThat(media.path("sequenceNumber").textValue()).isEqualTo(String.valueOf(k + 2));
                assertThat(media.path("media").path("chunk").textValue()).isEqualTo(String.valueOf(k + 1));
                assertThat(media.path("media").path("timestamp").textValue()).isEqualTo(String.valueOf(20 * k));
                assertThat(media.path("media").path("payload").binaryValue()).hasSize(160);
            }
            // Frame k is due 20(k+1) ms after the start message went out; none may come before, whatever the load.
            long startNanos = speaker.log().startNanos();
            for (int k = 0; k < 100; k++) {
                assertThat((times.get(k + 1) - startNanos) / 1e6)
                        .as("frame %d", k)
                        .isGreaterThanOrEqualTo(20 * (k + 1));
            }
            assertThat(speaker.log().framesSent()).isGreaterThanOrEqualTo(100);
        }
    }

    @Test
    void playsClearsAndEchoesMarksAsTheRealServiceAndTheEarHearsNothingOfWhatWasCleared() throws Exception {
        CompletableFuture<FakeGateway.Stream> started = new CompletableFuture<>();
        FakeGateway.Side side = (s, message, nanos) -> {
            if (message.path("event").asText().equals("start")) {
                s.mark("empty");
                started.complete(s);
            }
        };
        try (var gateway = new FakeGateway(_ -> "", side);
                var speaker = dial(gateway, new LineObserver() {})) {
            FakeGateway.Stream stream = started.get(5, TimeUnit.SECONDS);
            await().untilAsserted(() -> assertThat(marks(stream)).containsExactly("empty"));

            stream.media(loud(200));
            stream.mark("a");
            await().untilAsserted(() -> assertThat(marks(stream)).containsExactly("empty", "a"));
            double aMs = speaker.nowMs();

            stream.media(loud(3000));
            stream.mark("b");
            stream.mark("c");
            await().until(() -> played(speaker.log()) > 200 * 8);
            stream.clear();
            await().untilAsserted(() -> assertThat(marks(stream)).containsExactly("empty", "a", "b", "c"));
            double clearedMs = speaker.nowMs();
            await().until(() -> speaker.nowMs() > clearedMs + 200);

            LineLog log = speaker.log();
            assertThat(played(log)).as("not the 3 s that were cleared").isLessThan((int) ((clearedMs - aMs + 300) * 8));
            assertThat(log.clears()).hasSize(1);
            int last = log.heardSamples().length - 1;
            assertThat(Arrays.stream(log.heardSamples(), last - 5, last).sum()).isZero();
            short[] silent = decoded(log.heard(), log.heard().length - 800, 800);
            assertThat(Level.dBov(silent)).isEqualTo(Level.SILENCE);
        }
    }

    @Test
    void whatAServerSendsThatIsNoTwilioIsCountedAndTheCallGoesOn() throws Exception {
        FakeGateway.Side side = (s, message, nanos) -> {
            if (message.path("event").asText().equals("start")) {
                s.text("nonsense");
                s.text("{\"event\":\"media\",\"streamSid\":\"other\",\"media\":{\"payload\":\"AAAA\"}}");
                s.media(loud(40));
            }
        };
        try (var gateway = new FakeGateway(_ -> "", side);
                var speaker = dial(gateway, new LineObserver() {})) {
            await().until(() -> played(speaker.log()) == 320);
            assertThat(speaker.log().malformed()).hasSize(2);
            assertThat(speaker.ended()).isNotDone();
        }
    }

    @Test
    void aClipGoesOutAtItsExactTimeAndArrivalsAreTimed() throws Exception {
        CompletableFuture<Long> heardAt = new CompletableFuture<>();
        List<LineLog.Arrival> arrivals = new CopyOnWriteArrayList<>();
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        FakeGateway.Side side = (s, message, nanos) -> {
            if (message.path("event").asText().equals("media")) {
                byte[] frame = message.path("media").path("payload").binaryValue();
                line.writeBytes(frame);
                if (!heardAt.isDone() && Level.dBov(decoded(frame, 0, 160)) > -40) {
                    s.media(loud(20));
                    heardAt.complete(nanos);
                }
            }
        };
        LineObserver observer = new LineObserver() {
            @Override
            public void arrived(LineLog.Arrival arrival) {
                arrivals.add(arrival);
            }
        };
        try (var gateway = new FakeGateway(_ -> "", side);
                var speaker = dial(gateway, observer)) {
            Spoken said = speaker.say(CallerScript.clips().utterances().get(2), 507.5);
            assertThat(said.onsetMs()).isEqualTo(507.5);
            await().until(() -> line.size() > 8 * 1200);
            await().until(() -> !arrivals.isEmpty());
            short[] sent = decoded(line.toByteArray(), 0, 8 * 1200);
            assertThat(Level.dBov(sent, 0, 8 * 490)).isLessThan(-60);
            assertThat(Level.dBov(sent, 8 * 510, 8 * 300)).isGreaterThan(-40);
            double frameMs = (heardAt.get() - speaker.log().startNanos()) / 1e6;
            assertThat(arrivals.getFirst().ms()).isGreaterThanOrEqualTo(frameMs);
            assertThat(arrivals.getFirst().samples()).isEqualTo(160);
        }
    }

    @Test
    void aWholeCallByWebhookSignedToItsEnd(@TempDir Path folder) throws Exception {
        FakeReceptionist receptionist = new FakeReceptionist(2);
        try (var gateway = new FakeGateway(
                asked -> switch (asked.path()) {
                    case "/twilio/ns/pool/voice" ->
                        "<Response><Connect action='/twilio/ns/pool/next/t'><Stream url='wss://voice.example.com/media/t'>"
                                + "<Parameter name='p' value='v'/></Stream></Connect></Response>";
                    default -> "<Response><Hangup/></Response>";
                },
                receptionist)) {
            CallerScript script = firstTwoLines();
            Dialed dialed = Dialed.webhook(gateway.uri(), "ns", "pool")
                    .knownAs(URI.create("https://voice.example.com"))
                    .signedWith("secret");
            List<String> shown = new CopyOnWriteArrayList<>();
            CallResult result = caller.place(CallRequest.to("pool", dialed, script), new LiveView(shown::add, true));

            assertThat(result.failure()).isEmpty();
            assertThat(result.report().cause()).isEqualTo("AgentHungUp");
            assertThat(result.carrier().steps()).last().isEqualTo("told to hang up");
            assertThat(gateway.asked)
                    .extracting(FakeGateway.Asked::path)
                    .containsExactly("/twilio/ns/pool/voice", "/twilio/ns/pool/next/t");
            assertThat(gateway.asked).allSatisfy(asked -> {
                assertThat(asked.headers()).containsKey("x-twilio-signature");
                assertThat(asked.form())
                        .contains("CallSid=" + result.request().ids().callSid());
            });
            assertThat(gateway.upgrades.getFirst()).containsKey("x-twilio-signature");
            assertThat(receptionist.parameter).isEqualTo("v");

            // Greeting, two questions, two answers; the second question waited for the first answer.
            List<Turn> turns = result.report().turns();
            assertThat(turns).hasSize(5);
            assertThat(turns.get(1)).isInstanceOf(Turn.Caller.class);
            assertThat(turns.get(3).startMs() - turns.get(2).endMs()).isBetween(500.0, 900.0);

            result.write(folder);
            Recording wav = WavReader.read(folder.resolve("call.wav"));
            assertThat(wav.rate()).isEqualTo(16_000);
            assertThat(wav.format().channels()).isEqualTo(2);
            for (Turn turn : turns) {
                int channel = turn instanceof Turn.Caller ? 0 : 1;
                int from = (int) (turn.startMs() * 16);
                int length = (int) ((turn.endMs() - turn.startMs()) * 16);
                assertThat(Level.dBov(wav.channel(channel), from, length)).isGreaterThan(-35);
                assertThat(Level.dBov(wav.channel(1 - channel), from + 800, length - 1600))
                        .isLessThan(-55);
            }
            assertThat(shown).last().asString().startsWith("the call ended: AgentHungUp");
        }
    }

    @Test
    void aCallThatNobodyAnswersSaysWhy() throws Exception {
        try (var gateway = new FakeGateway(_ -> "<Response><Reject reason='busy'/></Response>", DEAF)) {
            CallResult result = caller.place(
                    CallRequest.to("pool", Dialed.webhook(gateway.uri(), "ns", "pool"), firstTwoLines()),
                    CallListener.NONE);
            assertThat(result.answered()).isFalse();
            assertThat(result.report().cause()).isEqualTo("Busy");
        }
        CallResult nobody = caller.place(
                CallRequest.to("pool", Dialed.at(URI.create("ws://127.0.0.1:9/twilio/ns/pool")), firstTwoLines()),
                CallListener.NONE);
        assertThat(nobody.failure()).get().asString().contains("the gateway did not take the media socket");
    }

    @Test
    void aSilentAgentIsNotWaitedForForEver() throws Exception {
        CompletableFuture<FakeGateway.Stream> stream = new CompletableFuture<>();
        try (var gateway = new FakeGateway(_ -> "", (s, message, nanos) -> stream.complete(s))) {
            CallResult result = caller.place(
                    CallRequest.to("pool", Dialed.socket(gateway.uri(), "ns", "pool"), firstTwoLines())
                            .with(new Patience(300, 0, 300)),
                    CallListener.NONE);
            assertThat(result.report().cause()).isEqualTo("CallerHungUp");
            await().until(() -> !stream.get().of("stop").isEmpty());
            CallResult cut = caller.place(
                    CallRequest.to("pool", Dialed.socket(gateway.uri(), "ns", "pool"), firstTwoLines())
                            .atMost(Duration.ofMillis(300)),
                    CallListener.NONE);
            assertThat(cut.carrier().ends())
                    .singleElement()
                    .satisfies(end -> assertThat(end.by()).isEqualTo(LineEnd.By.CALLER));
        }
    }

    @Test
    void severalCallsAtOnceEachGetTheirOwnEvents() throws Exception {
        try (var events = EventReceiver.open();
                var many = new TestCaller(events);
                var gateway = new FakeGateway(_ -> "", new FakeReceptionist(1, events.uri()));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<CallResult>> calls = new ArrayList<>();
            CallerScript script =
                    new CallerScript(CallerScript.receptionist().utterances().subList(2, 3));
            for (int i = 0; i < 5; i++) {
                calls.add(threads.submit(() -> many.place(
                        CallRequest.to("pool", Dialed.socket(gateway.uri(), "ns", "pool"), script),
                        CallListener.NONE)));
            }
            for (Future<CallResult> call : calls) {
                CallResult result = call.get();
                assertThat(result.endReported()).isTrue();
                assertThat(result.report().cause()).isEqualTo("AgentHungUp");
                assertThat(result.report().session())
                        .isEqualTo("in-" + result.request().ids().callSid());
                assertThat(result.report().callerTurns())
                        .singleElement()
                        .satisfies(turn -> assertThat(turn.text())
                                .isEqualTo(
                                        "next tuesday " + result.request().ids().callSid()));
            }
            assertThat(events.strays()).isZero();
            assertThat(events.refused()).isEmpty();
        }
    }

    @Test
    void whatIsNoEventIsRefusedAndSaysWhy() throws Exception {
        try (var events = EventReceiver.open();
                var http = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(events.uri())
                            .POST(HttpRequest.BodyPublishers.ofString("{}"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body()).contains("specversion");
            assertThat(events.refused()).hasSize(1);
        }
    }

    private ScriptedSpeaker dial(FakeGateway gateway, LineObserver observer) throws IOException, InterruptedException {
        return ScriptedSpeaker.dial(caller.carrier(), Dialed.socket(gateway.uri(), "ns", "pool"), observer);
    }

    private static CallerScript firstTwoLines() {
        return new CallerScript(CallerScript.receptionist().utterances().subList(2, 4));
    }

    private static List<String> marks(FakeGateway.Stream stream) {
        return stream.of("mark").stream()
                .map(message -> message.path("mark").path("name").asText())
                .toList();
    }

    private static int played(LineLog log) {
        return Arrays.stream(log.heardSamples()).sum();
    }

    static byte[] loud(int ms) {
        byte[] muLaw = new byte[ms * 8];
        for (int i = 0; i < muLaw.length; i++) {
            muLaw[i] = G711.MU_LAW.encode((short) (6000 * Math.sin(2 * Math.PI * 300 * i / 8000)));
        }
        return muLaw;
    }

    private static short[] decoded(byte[] muLaw, int from, int count) {
        short[] samples = new short[count];
        G711.MU_LAW.decode(muLaw, from, samples, 0, count);
        return samples;
    }
}
