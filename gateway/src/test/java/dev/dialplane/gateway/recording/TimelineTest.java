package dev.dialplane.gateway.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TimelineTest {
    private static final int RATE = 8_000;
    private static final int FRAME = 160;
    private static final byte SILENCE = (byte) 0xFF;

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final Timeline timeline =
            new Timeline(RATE, 1, SILENCE, (frames, offset, count) -> written.write(frames, offset, 2 * count));

    private static byte[] frame(int value) {
        return filled(FRAME, value);
    }

    private static byte[] filled(int samples, int value) {
        byte[] bytes = new byte[samples];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private byte[] channel(Side side) {
        byte[] both = written.toByteArray();
        byte[] one = new byte[both.length / 2];
        for (int i = 0; i < one.length; i++) {
            one[i] = both[2 * i + side.ordinal()];
        }
        return one;
    }

    private static byte[] of(Object... valuesAndSamples) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < valuesAndSamples.length; i += 2) {
            all.writeBytes(filled((int) valuesAndSamples[i + 1], (int) valuesAndSamples[i]));
        }
        return all.toByteArray();
    }

    @Test
    void eachSideIsAtItsPlaceAndTheRestIsSilence() throws IOException {
        timeline.put(Side.CALLER, 0, frame(1));
        timeline.put(Side.AGENT, 100, frame(2));
        timeline.put(Side.CALLER, 480, frame(3));
        timeline.finish(640);

        assertThat(channel(Side.CALLER)).isEqualTo(of(1, 160, 0xFF, 320, 3, 160));
        assertThat(channel(Side.AGENT)).isEqualTo(of(0xFF, 100, 2, 160, 0xFF, 380));
        assertThat(timeline.lost()).isZero();
    }

    @Test
    void whatTheCarrierThrewAwayWasNotHeard() throws IOException {
        timeline.put(Side.AGENT, 0, filled(800, 2));
        timeline.put(Side.CALLER, 0, filled(800, 1));
        timeline.cut(250);
        timeline.put(Side.AGENT, 300, frame(3));
        timeline.finish(800);

        assertThat(channel(Side.AGENT)).isEqualTo(of(2, 250, 0xFF, 50, 3, 160, 0xFF, 340));
        assertThat(channel(Side.CALLER)).isEqualTo(of(1, 800));
    }

    @Test
    void aPauseIsSilenceOnBothSidesAndAsLongAsItWas() throws IOException {
        timeline.put(Side.CALLER, 0, filled(400, 1));
        // Queued at the carrier when the pause began.
        timeline.put(Side.AGENT, 0, filled(600, 2));
        timeline.pause(320);
        timeline.put(Side.CALLER, 400, filled(400, 1));
        timeline.put(Side.AGENT, 600, filled(200, 2));
        timeline.resume(720);
        // Late, and said in the pause.
        timeline.put(Side.CALLER, 640, filled(160, 5));
        timeline.put(Side.AGENT, 720, filled(80, 2));
        timeline.finish(800);

        assertThat(channel(Side.CALLER)).isEqualTo(of(1, 320, 0xFF, 400, 5, 80));
        assertThat(channel(Side.AGENT)).isEqualTo(of(2, 320, 0xFF, 400, 2, 80));
    }

    @Test
    void aPauseThatOutlastsTheWindowStaysSilent() throws IOException {
        timeline.pause(0);
        for (int at = 0; at < 10 * RATE; at += FRAME) {
            timeline.put(Side.CALLER, at, frame(1));
            timeline.advance(at);
        }
        timeline.resume(10 * RATE);
        timeline.put(Side.CALLER, 10 * RATE, frame(1));
        timeline.finish(10 * RATE + FRAME);

        assertThat(channel(Side.CALLER)).isEqualTo(of(0xFF, 10 * RATE, 1, FRAME));
    }

    @Test
    void whatWasSaidBeforeTheBeginningIsNotKept() throws IOException {
        timeline.put(Side.CALLER, -100, frame(1));
        timeline.put(Side.CALLER, -1_000, frame(2));
        timeline.finish(160);

        assertThat(channel(Side.CALLER)).isEqualTo(of(1, 60, 0xFF, 100));
        assertThat(timeline.lost()).as("nothing of it was to be kept").isZero();
    }

    @Test
    void silenceGivesWayToAFrameThatComesLate() throws IOException {
        for (int at = 0; at < 2 * RATE; at += FRAME) {
            timeline.put(Side.CALLER, at, frame(0xFE));
            timeline.advance(at);
        }
        timeline.put(Side.CALLER, 160, frame(1));
        timeline.finish(2 * RATE);

        assertThat(channel(Side.CALLER)).isEqualTo(of(0xFE, 160, 1, 160, 0xFE, 2 * RATE - 320));
    }

    @Test
    void whatComesAfterItsPlaceWasWrittenIsLostAndCounted() throws IOException {
        timeline.advance((Timeline.BEHIND_MS + 10) * RATE / 1_000);
        timeline.put(Side.CALLER, 0, frame(1));
        timeline.finish(160);

        assertThat(channel(Side.CALLER)).isEqualTo(of(0xFF, 80, 1, 80));
        assertThat(timeline.lost()).isEqualTo(80);
    }

    @Test
    void anHourIsAnHour() throws IOException {
        long[] frames = new long[1];
        Timeline hour = new Timeline(RATE, 1, SILENCE, (bytes, offset, count) -> frames[0] += count);
        for (long at = 0; at < 3_600L * RATE; at += FRAME) {
            hour.put(Side.CALLER, at, frame(1));
            hour.advance(at);
        }
        hour.finish(3_600L * RATE);
        assertThat(frames[0]).isEqualTo(3_600L * RATE);
    }

    @Test
    void linearSamplesStayWhole() throws IOException {
        Timeline linear =
                new Timeline(RATE, 2, (byte) 0, (frames, offset, count) -> written.write(frames, offset, 4 * count));
        linear.put(Side.CALLER, 1, new byte[] {1, 2, 3, 4});
        linear.put(Side.AGENT, 0, new byte[] {5, 6});
        linear.finish(3);
        assertThat(written.toByteArray()).containsExactly(0, 0, 5, 6, 1, 2, 0, 0, 3, 4, 0, 0);
    }
}
