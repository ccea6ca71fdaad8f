package dev.dialplane.agent.testing;

import dev.dialplane.audio.G711;
import dev.dialplane.audio.Resampler;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Real speech in µ-law at 8 kHz: see {@code src/test/vad/record_reference.py}. */
public final class Recordings {
    private static final byte[] ALL = load();

    private Recordings() {}

    /** "Go forward ten meters": some 1.9 s of speech within 2.8 s. */
    public static byte[] forward() {
        return Arrays.copyOfRange(ALL, 75_200, 97_490);
    }

    /** The first {@code millis} of a long sentence. */
    public static byte[] sentence(int millis) {
        return Arrays.copyOfRange(ALL, 8_000 + 2_000, 8_000 + 2_000 + 8 * millis);
    }

    /** A recording as a synthesizer would give it. */
    public static short[] at16Khz(byte[] clip) {
        short[] samples = new short[clip.length];
        G711.MU_LAW.decode(clip, 0, samples, 0, clip.length);
        Resampler resampler = Resampler.between(8_000, 16_000);
        short[] out = new short[resampler.maxOutput(samples.length)];
        return Arrays.copyOf(out, resampler.process(samples, 0, samples.length, out, 0));
    }

    private static byte[] load() {
        try (InputStream in = Recordings.class.getResourceAsStream("/dev/dialplane/agent/vad/speech.ulaw")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
