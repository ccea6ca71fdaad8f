package dev.dialplane.gateway.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dialplane.audio.G711;
import dev.dialplane.audio.WavReader;
import dev.dialplane.gateway.records.CallRecords;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RecorderTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Instant NOW = Instant.parse("2026-11-29T23:59:58Z");
    private static final WireFormat MU_LAW = new WireFormat(8_000, G711.MU_LAW);
    private static final byte CALLER = 0x10;
    private static final byte AGENT = 0x20;
    private static final short SILENCE = 0;
    private static final String NAME = "2026-11-29/shop/desk/call1.wav";

    @TempDir
    private Path root;

    private final List<JsonObject> told = new CopyOnWriteArrayList<>();
    private @Nullable Recorder recorder;

    private final CallRecords records = new CallRecords() {
        @Override
        public boolean wantsPartials() {
            return false;
        }

        @Override
        public void record(String type, String callId, long unixMs, String data) {
            assertThat(type).isEqualTo("dev.dialplane.call.recording");
            told.add(new JsonObject(data));
        }
    };

    @AfterEach
    void close() {
        if (recorder != null) {
            recorder.close();
        }
    }

    private Recorder recorder() {
        return recorder(new Spool(root, "gateway-0"), new DirectoryArchive(root));
    }

    private Recorder recorder(Spool spool, Archive archive) {
        Recorder made = new Recorder(
                new RecordingSettings(root, "in-west", 1_000, null), spool, archive, records, InstantSource.fixed(NOW));
        recorder = made;
        return made;
    }

    private static Subject subject() {
        return new Subject(
                "call1",
                "shop",
                "desk",
                "{\"callId\":\"call1\",\"pool\":\"desk\"}",
                new Subject.Consent("Agreed", "Key", NOW.minusSeconds(3), NOW.minusSeconds(1)));
    }

    private static byte[] frame(byte value) {
        byte[] frame = new byte[160];
        Arrays.fill(frame, value);
        return frame;
    }

    private JsonObject toldOf() {
        await().atMost(PATIENCE).until(() -> !told.isEmpty());
        return told.getFirst().getJsonObject("recording");
    }

    private static void talk(Recording recording, long fromMs, long toMs) {
        for (long ms = fromMs; ms < toMs; ms += 20) {
            recording.caller(ms, frame(CALLER));
            recording.agent(ms, frame(AGENT));
        }
    }

    private static long samples(short[] channel, int fromMs, int toMs, byte value) {
        short linear = value == (byte) 0xFF ? SILENCE : G711.MU_LAW.decode(value);
        long count = 0;
        for (int i = fromMs * 8; i < toMs * 8; i++) {
            count += channel[i] == linear ? 1 : 0;
        }
        return count;
    }

    private static void assertOnly(short[] channel, int fromMs, int toMs, int value) {
        assertThat(samples(channel, fromMs, toMs, (byte) value))
                .as("%d to %d ms", fromMs, toMs)
                .isEqualTo(8L * (toMs - fromMs));
    }

    @Test
    void aCallIsKeptAsItWasAndToldOf() throws Exception {
        Recording recording = recorder().begin(subject(), MU_LAW, 10_000);
        assertThat(recording.on()).isTrue();
        recording.caller(9_980, frame(CALLER));
        talk(recording, 10_000, 10_400);
        recording.pause(10_400);
        assertThat(recording.on()).isFalse();
        talk(recording, 10_400, 10_600);
        recording.resume(10_600);
        recording.caller(10_580, frame(CALLER));
        talk(recording, 10_600, 10_800);
        recording.end(10_800);

        JsonObject of = toldOf();
        Path file = root.resolve(NAME);
        assertThat(of.getString("state")).isEqualTo("Kept");
        assertThat(of.getString("url")).isEqualTo(file.toUri().toString());
        assertThat(of.getString("startedAt")).isEqualTo("2026-11-29T23:59:58Z");
        assertThat(of.getLong("durationMs")).isEqualTo(800);
        assertThat(of.getJsonObject("consent"))
                .isEqualTo(new JsonObject()
                        .put("verdict", "Agreed")
                        .put("by", "Key")
                        .put("askedAt", "2026-11-29T23:59:55Z")
                        .put("answeredAt", "2026-11-29T23:59:57Z"));
        assertThat(of.getJsonArray("pauses"))
                .isEqualTo(
                        new JsonArray().add(new JsonObject().put("fromMs", 400).put("toMs", 600)));
        assertThat(of.containsKey("lostMs")).isFalse();
        byte[] bytes = Files.readAllBytes(file);
        assertThat(of.getString("sha256"))
                .isEqualTo(HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
        assertThat(of.getLong("bytes")).isEqualTo(bytes.length);
        assertThat(told.getFirst().getString("pool")).isEqualTo("desk");

        var wav = WavReader.read(file);
        assertThat(wav.frames()).isEqualTo(6_400);
        for (int channel = 0; channel < 2; channel++) {
            int value = channel == 0 ? CALLER : AGENT;
            assertOnly(wav.channel(channel), 0, 400, value);
            assertOnly(wav.channel(channel), 400, 600, 0xFF);
            assertOnly(wav.channel(channel), 600, 800, value);
        }
        await().atMost(PATIENCE).until(() -> files(".spool").isEmpty());
    }

    private List<String> files(String under) throws IOException {
        try (Stream<Path> all = Files.walk(root.resolve(under))) {
            return all.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .toList();
        }
    }

    @Test
    void whatTheCarrierHasQueuedIsHeardAfterWhatItPlaysAndACutTakesItBack() throws Exception {
        Recording recording = recorder().begin(subject(), MU_LAW, 0);
        for (int i = 0; i < 5; i++) {
            // All at once: 100 ms are queued at the carrier.
            recording.agent(40, frame(AGENT));
        }
        recording.cleared(90);
        recording.agent(100, frame(CALLER));
        recording.end(200);

        toldOf();
        short[] agent = WavReader.read(root.resolve(NAME)).channel(1);
        assertOnly(agent, 0, 40, 0xFF);
        assertOnly(agent, 40, 90, AGENT);
        assertOnly(agent, 90, 100, 0xFF);
        assertOnly(agent, 100, 120, CALLER);
        assertOnly(agent, 120, 200, 0xFF);
    }

    @Test
    void aDiskThatHangsHoldsNobodyUpAndWhatItMissesIsSilenceAndSaidToBe() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        Spool hanging = new Spool(root, "gateway-0") {
            @Override
            Part begin(String callId, WireFormat format) throws IOException {
                try {
                    hangs.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                return super.begin(callId, format);
            }
        };
        Recorder slow = recorder(hanging, new DirectoryArchive(root));
        Recording recording = slow.begin(subject(), MU_LAW, 0);
        talk(recording, 0, 5_000);
        assertThat(slow.lostFrames()).isEqualTo(500 - Recording.MOST_WAITING);
        recording.pause(5_000);
        talk(recording, 5_000, 5_200);
        recording.resume(5_200);
        recording.end(5_400);
        hangs.countDown();

        JsonObject of = toldOf();
        assertThat(of.getString("state")).isEqualTo("Kept");
        assertThat(of.getLong("lostMs")).isEqualTo(20L * (500 - Recording.MOST_WAITING));
        assertThat(of.getJsonArray("pauses")).hasSize(1);
        var wav = WavReader.read(root.resolve(NAME));
        assertThat(wav.frames()).isEqualTo(5_400 * 8);
        int keptMs = Recording.MOST_WAITING / 2 * 20;
        assertOnly(wav.channel(0), 0, keptMs, CALLER);
        assertOnly(wav.channel(0), keptMs, 5_400, 0xFF);
    }

    @Test
    void aDirectoryThatCannotBeWrittenFailsTheRecordingAloneAndIsTold() throws Exception {
        Path file = Files.createFile(root.resolve("no-directory"));
        Recorder broken = recorder(new Spool(file, "gateway-0"), new DirectoryArchive(root));
        Recording recording = broken.begin(subject(), MU_LAW, 0);
        await().atMost(PATIENCE).until(() -> !recording.on());
        talk(recording, 0, 10_000);
        recording.end(10_000);

        JsonObject of = toldOf();
        assertThat(of.getString("state")).isEqualTo("Failed");
        assertThat(of.getString("reason")).contains("no-directory");
        assertThat(of.getJsonObject("consent").getString("verdict")).isEqualTo("Agreed");
        assertThat(broken.failed()).isEqualTo(1);
        await().atMost(PATIENCE).until(() -> broken.active() == 0);
    }

    @Test
    void anArchiveThatDoesNotAnswerIsAskedUntilItDoesAndOnlyThenIsItTold() throws Exception {
        AtomicInteger refusals = new AtomicInteger(2);
        DirectoryArchive real = new DirectoryArchive(root);
        Recorder patient = recorder(new Spool(root, "gateway-0"), new Archive() {
            @Override
            public String url(String name) {
                return "s3://bucket/" + name;
            }

            @Override
            public void keep(Path file, String name) throws IOException {
                if (refusals.getAndDecrement() > 0) {
                    assertThat(told).isEmpty();
                    throw new IOException("not now");
                }
                real.keep(file, name);
            }

            @Override
            public String described() {
                return "somewhere";
            }

            @Override
            public void close() {}
        });
        Recording recording = patient.begin(subject(), MU_LAW, 0);
        talk(recording, 0, 1_000);
        recording.end(1_000);

        assertThat(toldOf().getString("url")).isEqualTo("s3://bucket/" + NAME);
        assertThat(patient.keepFailures()).isEqualTo(2);
        assertThat(root.resolve(NAME)).exists();
    }

    @Test
    void whileTooMuchWaitsForTheArchiveNothingMoreIsRecorded() {
        CountDownLatch never = new CountDownLatch(1);
        Recorder full = recorder(new Spool(root, "gateway-0"), new Archive() {
            @Override
            public String url(String name) {
                return name;
            }

            @Override
            public void keep(Path file, String name) throws IOException {
                try {
                    never.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }

            @Override
            public String described() {
                return "a hole";
            }

            @Override
            public void close() {
                never.countDown();
            }
        });
        assertThat(full.refusal(List.of())).isEmpty();
        Recording recording = full.begin(subject(), MU_LAW, 0);
        talk(recording, 0, 1_000);
        recording.end(1_000);
        await().atMost(PATIENCE).until(() -> full.waiting() == 1);

        assertThat(full.refusal(List.of()))
                .hasValue("16058 bytes of recordings wait for their archive, allowed are 1000");
        assertThat(told).isEmpty();
    }

    @Test
    void whatACallLeavesAsTheProcessEndsIsWrittenCompletedAndKept() {
        Recorder ending = recorder();
        Recording recording = ending.begin(subject(), MU_LAW, 0);
        talk(recording, 0, 1_000);
        recording.end(1_000);

        ending.close();

        assertThat(told)
                .singleElement()
                .extracting(record -> record.getJsonObject("recording").getString("state"))
                .isEqualTo("Kept");
        assertThat(root.resolve(NAME)).exists();
        assertThat(ending.active() + ending.waiting()).isZero();
    }

    @Test
    void aPoolsRecordingsStayInItsRegions() {
        Recorder west = recorder();
        assertThat(west.refusal(List.of("in-south", "in-west"))).isEmpty();
        assertThat(west.refusal(List.of("in-south")))
                .hasValue("recordings are kept in region 'in-west', the pool allows in-south");
    }

    @Test
    void aCallerWhoDoesNotAgreeAfterAllLeavesNothing() throws Exception {
        Recording recording = recorder().begin(subject(), MU_LAW, 0);
        talk(recording, 0, 5_000);
        recording.discard(5_000);
        recording.end(5_020);

        assertThat(toldOf().getString("state")).isEqualTo("NotRecorded");
        assertThat(files("")).isEmpty();
    }

    // A process that was killed.

    private void leave(String json) throws IOException {
        Spool former = new Spool(root, "gateway-0");
        Spool.Part part = former.begin("call1", MU_LAW);
        former.note("call1", json);
        part.write(new byte[2 * 40_000], 0, 40_000);
    }

    private static String note() {
        return Note.of(subject()).began(NAME, NOW, MU_LAW).json();
    }

    @Test
    void whatAKilledProcessLeftIsCompletedAndToldOf() throws Exception {
        leave(note());
        assertThat(files(".spool")).containsExactlyInAnyOrder("call1.wav.part", "call1.json");

        recorder();

        JsonObject of = toldOf();
        assertThat(of.getString("state")).isEqualTo("Kept");
        assertThat(of.getBoolean("cutOff")).isTrue();
        assertThat(of.getJsonObject("consent").getString("verdict")).isEqualTo("Agreed");
        int frames = WavReader.read(root.resolve(NAME)).frames();
        assertThat(frames).isBetween(30_000, 40_000);
        assertThat(of.getLong("durationMs")).isEqualTo(frames / 8);
        await().atMost(PATIENCE).until(() -> files(".spool").isEmpty());
    }

    @Test
    void whatAKilledProcessLeftWithoutConsentIsRemoved() throws Exception {
        leave("{\"recording\": {\"name\": \"" + NAME + "\"}}");
        Recorder next = recorder();
        await().atMost(PATIENCE).until(() -> files("").isEmpty());
        assertThat(next.failed()).isEqualTo(1);
        assertThat(told).isEmpty();
    }

    @Test
    void aNoteThatNamesAFileElsewhereIsNotFollowed() throws Exception {
        leave(note().replace("shop/desk", "../../.."));
        recorder();
        await().atMost(PATIENCE).until(() -> files("").isEmpty());
        assertThat(root.resolveSibling("call1.wav")).doesNotExist();
    }

    @Test
    void whatNobodyWasToldOfIsTold() throws Exception {
        Spool former = new Spool(root, "gateway-0");
        former.begin("call1", MU_LAW).discard();
        former.note("call1", note());
        recorder();
        assertThat(toldOf().getString("name")).isEqualTo(NAME);
        await().atMost(PATIENCE).until(() -> files(".spool").isEmpty());
    }

    @Test
    void anotherGatewaysFilesAreNotTouched() throws Exception {
        Spool other = new Spool(root, "gateway-1");
        other.begin("call2", MU_LAW);
        other.note("call2", note());
        leave(note());
        recorder();
        toldOf();
        await().atMost(PATIENCE).until(() -> files(".spool").size() == 2);
        assertThat(files(".spool")).containsExactlyInAnyOrder("call2.wav.part", "call2.json");
    }
}
