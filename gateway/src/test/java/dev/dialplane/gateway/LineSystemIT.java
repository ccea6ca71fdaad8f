package dev.dialplane.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.dialplane.audio.G711;
import dev.dialplane.audio.L16;
import dev.dialplane.audio.Level;
import dev.dialplane.audio.OpusPacketDecoder;
import dev.dialplane.audio.OpusPacketEncoder;
import dev.dialplane.audio.Tone;
import dev.dialplane.contracts.agent.v1.AudioIn;
import dev.dialplane.contracts.agent.v1.AudioKind;
import dev.dialplane.contracts.agent.v1.AudioOut;
import dev.dialplane.contracts.agent.v1.ConverseRequest;
import dev.dialplane.contracts.agent.v1.ConverseResponse;
import dev.dialplane.contracts.agent.v1.OfferRequest;
import dev.dialplane.contracts.agent.v1.SendDtmf;
import dev.dialplane.contracts.common.v1.Codec;
import dev.dialplane.gateway.fake.FakeAgent;
import dev.dialplane.gateway.fake.FakeCarrier;
import dev.dialplane.gateway.fake.FakeCarrier.Format;
import dev.dialplane.gateway.fake.Goertzel;
import dev.dialplane.gateway.fake.SystemFixture;
import dev.dialplane.gateway.fake.TestGateway;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a call's audio is made of, from socket to socket. */
class LineSystemIT extends SystemFixture {
    /** Higher than anything that a line of 8 kHz carries. */
    private static final double HIGH_HZ = 5_100;

    private static final double DBOV = -20;

    /** Says one thing, once, and listens. */
    private static FakeAgent.Talk saying(ByteString audio) {
        return new FakeAgent.Talk() {
            @Override
            public void opened(FakeAgent.Conversation call) {
                call.send(speech(1, 0, audio));
            }
        };
    }

    private static ConverseResponse speech(long generation, long firstSample, ByteString audio) {
        return ConverseResponse.newBuilder()
                .setAudio(AudioOut.newBuilder()
                        .setGeneration(generation)
                        .setFirstSample(firstSample)
                        .setPayload(audio)
                        .setKind(AudioKind.AUDIO_KIND_SPEECH)
                        .setEndOfRun(true))
                .build();
    }

    private static byte[] linear(short[] samples) {
        return L16.LITTLE_ENDIAN.encode(samples);
    }

    private static short[] samples(byte[] linear) {
        return L16.LITTLE_ENDIAN.decode(linear);
    }

    private static List<AudioIn> heard(FakeAgent agent) {
        return agent.conversations.isEmpty()
                ? List.of()
                : agent.conversations.getFirst().received.stream()
                        .filter(ConverseRequest::hasAudio)
                        .map(ConverseRequest::getAudio)
                        .toList();
    }

    private static byte[] played(FakeCarrier carrier) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        carrier.received.stream().filter(m -> m.event().equals("media")).forEach(m -> all.writeBytes(m.payload()));
        return all.toByteArray();
    }

    @Test
    void aLinearLineOf16KilohertzIsWidebandBothWays() throws Exception {
        ByteString reply =
                ByteString.copyFrom(linear(Tone.sine(HIGH_HZ, DBOV, 16_000).take(8_000)));
        FakeAgent agent = agent("a", a -> saying(reply));
        TestGateway gateway = start();
        Tone voice = Tone.sine(HIGH_HZ, DBOV, 16_000);
        FakeCarrier carrier = gateway.call("CA1", Format.L16);
        carrier.microphone = () -> linear(voice.take(320));

        await().atMost(PATIENCE).until(() -> heard(agent).size() >= 50);
        await().atMost(PATIENCE).until(() -> played(carrier).length >= reply.size());
        carrier.stop();
        ended();

        OfferRequest offer = agent.offers.getLast();
        assertThat(List.of(offer.getFormatIn(), offer.getFormatOut())).allSatisfy(format -> {
            assertThat(format.getCodec()).isEqualTo(Codec.CODEC_L16);
            assertThat(format.getSampleRateHz()).isEqualTo(16_000);
        });
        // The first frames are from before the microphone was on.
        assertThat(heard(agent).subList(10, 50)).allSatisfy(frame -> {
            short[] samples = samples(frame.getPayload().toByteArray());
            assertThat(samples).hasSize(320);
            assertThat(Goertzel.dBov(samples, 0, 320, HIGH_HZ, 16_000)).isBetween(DBOV - 0.5, DBOV + 0.5);
        });
        short[] out = samples(played(carrier));
        assertThat(Goertzel.dBov(out, 0, 8_000, HIGH_HZ, 16_000)).isBetween(DBOV - 0.5, DBOV + 0.5);
        assertThat(carrier.received.stream().filter(m -> m.event().equals("media")))
                .allMatch(m -> m.payload().length == 640);
    }

    @Test
    void opusIsLinearInsideAndWhatIsLostIsNoHole() throws Exception {
        ByteString said =
                ByteString.copyFrom(linear(Tone.sine(1_000, DBOV, 16_000).take(16_000)));
        FakeAgent agent = agent("a", a -> saying(said));
        TestGateway gateway = start();
        Tone voice = Tone.sine(1_000, DBOV, 16_000);
        OpusPacketEncoder encoder = new OpusPacketEncoder();
        AtomicInteger packets = new AtomicInteger();
        FakeCarrier carrier = gateway.call("CA1", Format.OPUS);
        carrier.microphone = () -> {
            byte[] packet = encoder.encode(voice.take(320), 0);
            return packets.incrementAndGet() % 10 == 0 ? null : packet;
        };

        await().atMost(PATIENCE)
                .until(() -> afterWhole(heard(agent)).stream()
                                .filter(AudioIn::getConcealed)
                                .count()
                        >= 6);
        await().atMost(PATIENCE).until(() -> carrier.count("media") >= 50);
        carrier.stop();
        ended();

        OfferRequest offer = agent.offers.getLast();
        assertThat(offer.getFormatIn().getCodec()).isEqualTo(Codec.CODEC_L16);
        assertThat(offer.getFormatIn().getSampleRateHz()).isEqualTo(16_000);
        List<AudioIn> frames = heard(agent);
        assertThat(frames)
                .allSatisfy(frame -> assertThat(frame.getPayload().size()).isEqualTo(640));
        List<AudioIn> judged = afterWhole(frames);
        assertThat(judged).hasSizeGreaterThan(20).allSatisfy(frame -> {
            double level = Goertzel.dBov(samples(frame.getPayload().toByteArray()), 0, 320, 1_000, 16_000);
            // Of a tone, which is no voice, the codec makes less than it was; a hole would be at -127.
            assertThat(level).isBetween(DBOV - (frame.getConcealed() ? 20 : 6), DBOV + 2);
        });
        OpusPacketDecoder ear = new OpusPacketDecoder();
        List<byte[]> reply = carrier.received.stream()
                .filter(m -> m.event().equals("media"))
                .map(FakeCarrier.Message::payload)
                .toList();
        short[] last = {};
        for (byte[] packet : reply.subList(0, 40)) {
            assertThat(packet.length).isBetween(10, 200);
            last = ear.decode(packet);
        }
        assertThat(Goertzel.dBov(last, 0, 320, 1_000, 16_000)).isBetween(DBOV - 2, DBOV + 2);
    }

    /** The frames of a line at rest, four of which came whole before: on a busy machine a carrier stalls, too. */
    private static List<AudioIn> afterWhole(List<AudioIn> frames) {
        return IntStream.range(20, Math.max(20, frames.size()))
                .filter(i -> frames.subList(i - 4, i).stream().noneMatch(AudioIn::getConcealed))
                .mapToObj(frames::get)
                .toList();
    }

    @Test
    void aFormatThatIsNotSpokenIsRefusedByName() throws Exception {
        agent("a");
        TestGateway gateway = start();
        assertThat(refusal(gateway, new Format("audio/l16", 44_100, 1, 640)))
                .isEqualTo("mediaFormat.sampleRate is 44100, allowed: 16000");
        assertThat(refusal(gateway, new Format("audio/opus", 44_100, 1, 640)))
                .isEqualTo("mediaFormat.sampleRate is 44100, allowed: 16000, 48000");
        assertThat(refusal(gateway, new Format("audio/l16", 16_000, 2, 640)))
                .isEqualTo("mediaFormat.channels is 2, allowed: 1");
        assertThat(refusal(gateway, new Format("audio/mpeg", 16_000, 1, 640)))
                .isEqualTo("mediaFormat.encoding is audio/mpeg, allowed: audio/x-mulaw, audio/l16, audio/opus");
        assertThat(gateway.gateway().calls()).isZero();
    }

    private static String refusal(TestGateway gateway, Format format) throws Exception {
        FakeCarrier carrier = gateway.call("CA9", format);
        carrier.closed.get(15, TimeUnit.SECONDS);
        assertThat(carrier.socket().closeStatusCode()).isEqualTo((short) 1008);
        return Objects.requireNonNull(carrier.socket().closeReason());
    }

    @Test
    void digitsAreHeardAsTonesAfterWhatWasSaidAndBeforeWhatFollows() throws Exception {
        byte[] word = new byte[1_600];
        G711.MU_LAW.encode(Tone.sine(440, DBOV, 8_000).take(1_600), 0, word, 0, 1_600);
        FakeAgent agent = agent("a", a -> new FakeAgent.Talk() {
            @Override
            public void opened(FakeAgent.Conversation call) {
                call.send(speech(1, 0, ByteString.copyFrom(word)));
                call.send(ConverseResponse.newBuilder()
                        .setSendDtmf(SendDtmf.newBuilder()
                                .setDigits("12w#")
                                .setGeneration(1)
                                .setFirstSample(1_600))
                        .build());
            }

            @Override
            public void heard(FakeAgent.Conversation call, ConverseRequest message) {
                // 3 digits of 200 ms and a wait of 500.
                if (message.getPlayed().getSample() == 1_600 + 8_800
                        && call.received.stream()
                                        .filter(ConverseRequest::hasPlayed)
                                        .filter(m -> m.getPlayed().getSample() == 1_600 + 8_800)
                                        .count()
                                == 1) {
                    call.send(speech(1, 1_600 + 8_800, ByteString.copyFrom(word)));
                }
            }
        });
        TestGateway gateway = start();
        FakeCarrier carrier = gateway.call("CA1");
        await().atMost(PATIENCE).until(() -> played(carrier).length > 1_600 + 2_000);
        // While it dials, its own digits may come back by the line; another key is the caller's.
        carrier.dtmf("2");
        carrier.dtmf("7");
        await().atMost(PATIENCE).until(() -> played(carrier).length >= 2 * 1_600 + 8_800);

        assertThat(agent.offers.getLast().getCarrier().getDtmfOut()).isTrue();
        byte[] coded = played(carrier);
        short[] out = new short[coded.length];
        G711.MU_LAW.decode(coded, 0, out, 0, out.length);
        assertThat(Goertzel.dBov(out, 0, 1_600, 440, 8_000)).isBetween(DBOV - 1, DBOV + 1);
        assertThat(keys(out, 1_600)).isEqualTo("1.2......#.");
        assertThat(Level.dBov(out, 1_600 + 820, 760))
                .as("the pause after a digit")
                .isLessThan(-70);
        assertThat(Goertzel.dBov(out, 1_600 + 8_800, 1_600, 440, 8_000)).isBetween(DBOV - 1, DBOV + 1);

        await().atMost(PATIENCE).until(() -> keysOf(agent).contains("7"));
        assertThat(keysOf(agent)).doesNotContain("2");
        // Long after, the same key is the caller's again.
        await().atMost(PATIENCE).until(() -> {
            carrier.dtmf("2");
            return keysOf(agent).contains("2");
        });
        carrier.stop();
        ended();
    }

    /** What sounds in each 100 ms: a key, or nothing. */
    private static String keys(short[] samples, int from) {
        StringBuilder keys = new StringBuilder();
        for (int at = from; at < from + 8_800; at += 800) {
            Character key = Goertzel.key(samples, at + 80, 640, 8_000);
            keys.append(key == null ? '.' : key);
        }
        return keys.toString();
    }

    private static List<String> keysOf(FakeAgent agent) {
        return agent.conversations.getFirst().received.stream()
                .filter(ConverseRequest::hasDtmf)
                .map(m -> m.getDtmf().getDigit())
                .toList();
    }
}
