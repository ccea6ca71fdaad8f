package dev.dialplane.gateway.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.audio.Concealment;
import dev.dialplane.audio.G711;
import dev.dialplane.audio.L16;
import dev.dialplane.audio.Level;
import dev.dialplane.audio.SampleCoding;
import dev.dialplane.audio.Tone;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What an agent hears of a line that loses frames. */
class SampleDecoderTest {
    private record Frame(long time, short[] samples, boolean concealed) {}

    static Stream<Arguments> aLostFrameIsNoHole() {
        return Stream.of(
                Arguments.of(G711.MU_LAW, 8_000),
                Arguments.of(G711.A_LAW, 8_000),
                Arguments.of(L16.LITTLE_ENDIAN, 8_000),
                Arguments.of(L16.LITTLE_ENDIAN, 16_000));
    }

    @ParameterizedTest
    @MethodSource
    void aLostFrameIsNoHole(SampleCoding coding, int rate) {
        int frame = rate / 50;
        List<Frame> out = new ArrayList<>();
        Ingress ingress = new Ingress(
                rate,
                coding.bytesPerSample(),
                new SampleDecoder(rate, coding),
                (time, payload, concealed) -> out.add(new Frame(time, coding.decode(payload), concealed)));
        Tone voice = Tone.sine(200, -20, rate);
        long now = 1_000_000_000;
        for (int n = 1; n <= 50; n++) {
            byte[] payload = coding.encode(voice.take(frame));
            if (n % 10 != 0) {
                ingress.media(now, n, (n - 1) * 20L, payload);
            }
            for (int i = 0; i < 4; i++) {
                now += 5_000_000;
                ingress.tick(now);
            }
        }
        assertThat(out.stream().filter(Frame::concealed)).hasSize(4);
        assertThat(out.subList(5, out.size())).allSatisfy(each -> {
            assertThat(each.samples).hasSize(frame);
            assertThat(Level.dBov(each.samples)).isBetween(-22.0, -18.5);
        });
    }

    /** Payloads of any length, of which some get lost: what is made of those depends on all that came before. */
    @ParameterizedTest
    @CsvSource({"8000, 160, 1", "8000, 400, 2", "16000, 640, 3", "16000, 80, 4"})
    void whatPassedUnreadBeforeALossIsHeardBeforeItIsConcealed(int rate, int most, int seed) {
        Random random = new Random(seed);
        int frame = rate / 50;
        SampleDecoder decoder = new SampleDecoder(rate, G711.MU_LAW);
        Concealment reader = new Concealment(rate);
        for (int n = 0; n < 2_000; n++) {
            if (random.nextInt(8) == 0) {
                short[] made = new short[frame];
                reader.conceal(made, 0, frame);
                assertThat(decoder.conceal(null)).as("loss %d", n).isEqualTo(G711.MU_LAW.encode(made));
            } else {
                short[] said = new short[random.nextInt(most)];
                for (int i = 0; i < said.length; i++) {
                    said[i] = (short) (random.nextGaussian() * 3_000);
                }
                byte[] payload = G711.MU_LAW.encode(said);
                short[] heard = G711.MU_LAW.decode(payload);
                reader.heard(heard, 0, heard.length);
                // µ-law has two zeros.
                assertThat(G711.MU_LAW.decode(decoder.decode(payload)))
                        .as("payload %d", n)
                        .isEqualTo(G711.MU_LAW.decode(G711.MU_LAW.encode(heard)));
            }
        }
    }

    @Test
    void theLastByteOfHalfASampleIsDropped() {
        assertThat(new SampleDecoder(16_000, L16.LITTLE_ENDIAN).decode(new byte[641]))
                .hasSize(640);
    }
}
