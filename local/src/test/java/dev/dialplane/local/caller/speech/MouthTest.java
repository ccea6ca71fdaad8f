package dev.dialplane.local.caller.speech;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.audio.Level;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MouthTest {
    private final Mouth mouth = new Mouth(1);

    @Test
    void aClipBeginsAtItsVerySample() {
        short[] clip = new short[300];
        Arrays.fill(clip, (short) 8000);
        assertThat(mouth.say(clip, 405)).isEqualTo(405);

        short[] line = next(5);
        for (int i = 0; i < line.length; i++) {
            boolean inClip = i >= 405 && i < 705;
            assertThat((int) line[i]).as("sample %d", i).isBetween(inClip ? 7000 : -200, inClip ? 9000 : 200);
        }
    }

    @Test
    void whatComesTooLateBeginsAtOnce() {
        next(3);
        assertThat(mouth.say(new short[] {1}, 5)).isEqualTo(480);
    }

    @Test
    void aQuietCallerSendsTheNoiseOfALineAndNoDigitalZero() {
        short[] line = next(100);
        assertThat(Level.dBov(line)).isBetween(-68.0, -62.0);
        for (int frame = 0; frame < 100; frame++) {
            assertThat(Level.dBov(line, frame * 160, 160)).as("frame %d", frame).isGreaterThan(-90);
        }
    }

    private short[] next(int frames) {
        byte[] all = new byte[frames * 160];
        byte[] frame = new byte[160];
        for (int i = 0; i < frames; i++) {
            mouth.next(frame);
            System.arraycopy(frame, 0, all, i * 160, 160);
        }
        return Mouth.heard(all);
    }
}
