package dev.dialplane.audio;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;

class WavReaderFuzzTest {
    @FuzzTest(maxDuration = "5m")
    void anyBytesAreARecordingOrAWavException(byte[] file) {
        Recording recording;
        try {
            recording = WavReader.read(file);
        } catch (WavException e) {
            assertThat(e.field()).isNotBlank();
            assertThat(e.allowed()).isNotBlank();
            return;
        }
        assertThat((long) recording.frames() * recording.format().frameBytes()).isLessThanOrEqualTo(file.length);
        assertThat(recording.mono()).hasSize(recording.frames());

        // A limit changes nothing or refuses.
        try {
            Recording limited = WavReader.read(new ByteArrayInputStream(file), file.length / 2);
            assertThat(limited.frames()).isEqualTo(recording.frames());
        } catch (WavException e) {
            assertThat(e.allowed()).contains("bytes");
        } catch (IOException e) {
            throw new AssertionError("an array does not fail", e);
        }
    }
}
