package dev.dialplane.agent.vad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.dialplane.audio.G711;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/** The reference was recorded by {@code src/test/vad/record_reference.py}: ONNX Runtime on real speech in µ-law. */
class SileroTest {
    private static final short[] SPEECH = speech();

    @Test
    void agreesWithOnnxRuntimeOnRealSpeechWithinOneTenThousandth() throws IOException {
        float[] expected = floats("speech.prob");
        Silero silero = new Silero();

        for (int window = 0; window < expected.length; window++) {
            assertThat(silero.probability(SPEECH, window * Silero.WINDOW))
                    .as("window %d", window)
                    .isCloseTo(expected[window], within(1e-4f));
        }
        assertThat(expected.length).isEqualTo(SPEECH.length / Silero.WINDOW).isGreaterThan(500);
    }

    @Test
    void afterAResetTheSameSpeechGivesTheSameProbabilities() {
        Silero silero = new Silero();
        float[] once = new float[100];
        for (int window = 0; window < once.length; window++) {
            once[window] = silero.probability(SPEECH, window * Silero.WINDOW);
        }

        silero.reset();

        for (int window = 0; window < once.length; window++) {
            assertThat(silero.probability(SPEECH, window * Silero.WINDOW)).isEqualTo(once[window]);
        }
    }

    private static short[] speech() {
        byte[] coded = resource("speech.ulaw");
        short[] linear = new short[coded.length];
        G711.MU_LAW.decode(coded, 0, linear, 0, coded.length);
        return linear;
    }

    private static float[] floats(String name) {
        ByteBuffer bytes = ByteBuffer.wrap(resource(name)).order(ByteOrder.LITTLE_ENDIAN);
        float[] result = new float[bytes.remaining() / 4];
        bytes.asFloatBuffer().get(result);
        return result;
    }

    private static byte[] resource(String name) {
        try (InputStream in = SileroTest.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
