package dev.dialplane.gateway.playout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.audio.Dtmf;
import dev.dialplane.audio.G711;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Digits in virtual time: what goes to the wire. */
class DialedDigitsTest {
    private static final PlayoutShape SHAPE = new PlayoutShape(8_000, 1, 20, 60, 20, 2_000, 100, false, true, 100);
    private static final String LONGEST = "1w2w3w4w5w6w7w8w9w0w*w#wAwBwCwDw";

    private final ByteArrayOutputStream wire = new ByteArrayOutputStream();
    private long position;
    private long now;
    private final Playout playout = new Playout(SHAPE, new LineNoise(8_000, G711.MU_LAW, 1), new PlayoutPort() {
        @Override
        public void audio(byte[] frame) {
            wire.writeBytes(frame);
        }

        @Override
        public void mark(long generation, long sample) {}

        @Override
        public void clear() {}

        @Override
        public void position(long generation, long sample, Heard how) {
            position = sample;
        }

        @Override
        public void speechStarted(long generation, long sample) {
            throw new AssertionError("digits are no speech");
        }
    });
    private final DialedDigits digits = new DialedDigits(8_000, 1, DialedDigitsTest::coded);

    private static byte[] coded(short[] linear) {
        byte[] coded = new byte[linear.length];
        G711.MU_LAW.encode(linear, 0, coded, 0, linear.length);
        return coded;
    }

    private void pass(int milliseconds) {
        long until = now + milliseconds * 1_000_000L;
        while (now < until) {
            now += 5_000_000;
            digits.feed(now, playout);
            playout.tick(now);
        }
    }

    @Test
    void aRowThatIsLongerThanTheBufferIsPlayedWithoutAGapAndReported() {
        assertThat(digits.dial(1, 0, LONGEST)).isTrue();
        pass(12_000);
        assertThat(wire.toByteArray()).isEqualTo(coded(Dtmf.dialed(LONGEST, 8_000)));
        assertThat(position).isEqualTo(Dtmf.dialedSamples(LONGEST, 8_000));
        assertThat(playout.samplesDropped()).isZero();
        assertThat(playout.underruns()).isZero();
    }

    @Test
    void whatFollowsWaitsForTheRestOfTheRow() {
        digits.dial(1, 0, "1234");
        pass(100);
        byte[] after = new byte[160];
        Arrays.fill(after, (byte) 7);
        digits.finish(now, playout);
        playout.audio(now, 1, 6_400, ByteBuffer.wrap(after), SoundKind.TONE, true);
        pass(1_000);
        byte[] all = Arrays.copyOf(coded(Dtmf.dialed("1234", 8_000)), 6_560);
        System.arraycopy(after, 0, all, 6_400, 160);
        assertThat(wire.toByteArray()).isEqualTo(all);
    }

    @Test
    void aClearEndsTheRowAndThoseAfterIt() {
        digits.dial(1, 0, LONGEST);
        digits.dial(1, Dtmf.dialedSamples(LONGEST, 8_000), "1");
        pass(500);
        digits.clear(1);
        playout.clear(now, 1);
        int before = wire.size();
        pass(1_000);
        assertThat(wire.size()).isEqualTo(before);
        assertThat(playout.stalePieces())
                .as("nothing is handed over for nothing")
                .isZero();
    }

    @Test
    void noMoreThanAFewRowsWaitAndWhatIsNoRowIsNotSent() {
        for (int i = 0; i < DialedDigits.MOST_ROWS; i++) {
            assertThat(digits.dial(1, i * 1_600L, "1")).isTrue();
        }
        assertThat(digits.dial(1, 99_999, "1")).isFalse();
        digits.clear(1);
        assertThat(digits.dial(2, 0, "12x")).isFalse();
    }

    @Test
    void aKeyIsAnEchoOnlyIfItWasSentAndOnlyForAWhile() {
        assertThat(digits.echoes(now, "1")).isFalse();
        digits.dial(1, 0, "12");
        pass(200);
        assertThat(digits.echoes(now, "1")).isTrue();
        assertThat(digits.echoes(now, "3")).isFalse();
        pass(1_000);
        assertThat(digits.echoes(now, "2")).isTrue();
        pass(1_000);
        assertThat(digits.echoes(now, "2")).isFalse();
    }
}
