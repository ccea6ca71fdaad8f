package dev.dialplane.local.caller.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.local.caller.carrier.PlayBuffer.Tick;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlayBufferTest {
    private static final byte QUIET = (byte) 0xFF;

    private final PlayBuffer buffer = new PlayBuffer();
    private final byte[] frame = new byte[PlayBuffer.FRAME];

    @Test
    void playsWhatItGetsInOrderWhateverThePiecesWere() {
        byte[] audio = ramp(400);
        buffer.media(Arrays.copyOfRange(audio, 0, 7));
        buffer.media(Arrays.copyOfRange(audio, 7, 330));
        buffer.media(Arrays.copyOfRange(audio, 330, 400));

        assertThat(tick().samples()).isEqualTo(160);
        assertThat(frame).isEqualTo(Arrays.copyOfRange(audio, 0, 160));
        assertThat(tick().samples()).isEqualTo(160);
        assertThat(frame).isEqualTo(Arrays.copyOfRange(audio, 160, 320));
        assertThat(tick().samples()).isEqualTo(80);
        assertThat(Arrays.copyOf(frame, 80)).isEqualTo(Arrays.copyOfRange(audio, 320, 400));
        assertThat(Arrays.copyOfRange(frame, 80, 160)).containsOnly(QUIET);
        assertThat(tick().samples()).isZero();
    }

    @Test
    void echoesAMarkAtOnceWhenNothingIsLeftToPlay() {
        assertThat(buffer.mark("first")).isTrue();
        buffer.media(ramp(160));
        tick();
        tick();
        assertThat(buffer.mark("after it was played")).isTrue();
        assertThat(buffer.outstandingMarks()).isZero();
    }

    @Test
    void echoesAMarkWhenWhatCameBeforeItWasPlayedAndNotWhenItIsOnTheLine() {
        buffer.media(ramp(160));
        assertThat(buffer.mark("a")).isFalse();
        buffer.media(ramp(160));
        assertThat(buffer.mark("b")).isFalse();

        assertThat(tick().marks()).isEmpty();
        assertThat(tick().marks()).containsExactly("a");
        assertThat(tick().marks()).containsExactly("b");
        assertThat(tick().marks()).isEmpty();
    }

    @Test
    void aMarkThatComesWhileTheLastFrameIsOnTheLineWaitsForItsEnd() {
        buffer.media(ramp(160));
        tick();
        assertThat(buffer.mark("late")).isFalse();
        assertThat(tick().marks()).containsExactly("late");
    }

    @Test
    void aClearThrowsAwayWhatIsQueuedAndBringsEveryOutstandingMarkBack() {
        buffer.media(ramp(160));
        buffer.mark("on the line");
        buffer.media(ramp(1600));
        buffer.mark("queued");
        tick();

        assertThat(buffer.clear()).containsExactly("on the line", "queued");
        assertThat(buffer.queued()).isZero();
        assertThat(tick()).isEqualTo(new Tick(0, List.of()));
    }

    @Test
    void afterAClearMarksCountFromWhatComesNext() {
        buffer.media(ramp(1600));
        tick();
        buffer.clear();
        // The frame on the line is not over.
        assertThat(buffer.mark("at once")).isFalse();
        buffer.media(ramp(160));
        assertThat(buffer.mark("new")).isFalse();

        assertThat(tick().marks()).containsExactly("at once");
        assertThat(tick().marks()).containsExactly("new");
    }

    @Test
    void moreThanTenMinutesAreNotKept() {
        for (int second = 0; second < 601; second++) {
            buffer.media(new byte[8000]);
        }
        assertThat(buffer.queued()).isEqualTo(PlayBuffer.MAX_QUEUED);
        assertThat(buffer.dropped()).isEqualTo(8000);
    }

    private Tick tick() {
        return buffer.tick(frame, QUIET);
    }

    private static byte[] ramp(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i % 251);
        }
        return bytes;
    }
}
