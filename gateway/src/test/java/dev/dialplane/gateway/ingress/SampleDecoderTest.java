package dev.dialplane.gateway.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.audio.Concealment;
import dev.dialplane.audio.G711;
import dev.dialplane.audio.L16;
import dev.dialplane.audio.Level;
import dev.dialplane.audio.Tone;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an agent hears of a line that loses frames. */
class SampleDecoderTest {
    private record Frame(long time, short[] samples, boolean concealed) {}

    @ParameterizedTest
    @CsvSource({"MU_LAW, 8000", "A_LAW, 8000", ", 8000", ", 16000"})
    void aLostFrameIsNoHole(@Nullable G711 law, int rate) {
        int frame = rate / 50;
        int bytesPerSample = law == null ? 2 : 1;
        List<Frame> out = new ArrayList<>();
        Ingress ingress = new Ingress(
                rate,
                bytesPerSample,
                new SampleDecoder(rate, law),
                (time, payload, concealed) -> out.add(new Frame(time, linear(payload, law), concealed)));
        Tone voice = Tone.sine(200, -20, rate);
        long now = 1_000_000_000;
        for (int n = 1; n <= 50; n++) {
            byte[] payload = new byte[frame * bytesPerSample];
            short[] said = voice.take(frame);
            if (law != null) {
                law.encode(said, 0, payload, 0, frame);
            } else {
                L16.encode(said, 0, payload, 0, frame);
            }
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
                assertThat(decoder.conceal(null)).as("loss %d", n).isEqualTo(coded(made));
            } else {
                short[] said = new short[random.nextInt(most)];
                for (int i = 0; i < said.length; i++) {
                    said[i] = (short) (random.nextGaussian() * 3_000);
                }
                byte[] payload = coded(said);
                short[] heard = linear(payload, G711.MU_LAW);
                reader.heard(heard, 0, heard.length);
                // µ-law has two zeros.
                assertThat(linear(decoder.decode(payload), G711.MU_LAW))
                        .as("payload %d", n)
                        .isEqualTo(linear(coded(heard), G711.MU_LAW));
            }
        }
    }

    private static byte[] coded(short[] samples) {
        byte[] payload = new byte[samples.length];
        G711.MU_LAW.encode(samples, 0, payload, 0, samples.length);
        return payload;
    }

    private static short[] linear(byte[] payload, @Nullable G711 law) {
        short[] samples = new short[law == null ? payload.length / 2 : payload.length];
        if (law != null) {
            law.decode(payload, 0, samples, 0, samples.length);
        } else {
            L16.decode(payload, 0, samples, 0, samples.length);
        }
        return samples;
    }

    @Test
    void theLastByteOfHalfASampleIsDropped() {
        assertThat(new SampleDecoder(16_000, null).decode(new byte[641])).hasSize(640);
    }
}
