package dev.dialplane.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dialplane.audio.WavFormat.Encoding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WavRepairTest {
    @TempDir
    private Path directory;

    private static final int FRAMES = 20_000;

    private Path closed(Encoding encoding, int channels) throws IOException {
        Path file = directory.resolve("closed.wav");
        WavFormat format = new WavFormat(encoding, 8_000, channels);
        try (WavWriter writer = WavWriter.create(file, format)) {
            writer.writeCoded(coded(format, FRAMES), 0, FRAMES);
        }
        return file;
    }

    private static byte[] coded(WavFormat format, int frames) {
        byte[] bytes = new byte[frames * format.frameBytes()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 31);
        }
        return bytes;
    }

    @ParameterizedTest
    @EnumSource(names = {"PCM_16", "A_LAW", "MU_LAW"})
    void aFileWhoseWriterWasKilledIsLikeOneThatWasClosed(Encoding encoding) throws IOException {
        Path file = directory.resolve("killed.wav");
        WavFormat format = new WavFormat(encoding, 8_000, 2);
        // Never closed: what is on disk is what a killed process leaves.
        WavWriter killed = WavWriter.create(file, format);
        killed.writeCoded(coded(format, FRAMES), 0, FRAMES);
        int whole = (int) (Files.size(file) - Files.size(closed(encoding, 2)) + (long) FRAMES * format.frameBytes())
                / format.frameBytes();
        assertThat(whole).isBetween(10_000, FRAMES - 1);

        assertThat(WavRepair.complete(file)).isEqualTo(whole / 8);

        Path reference = directory.resolve("reference.wav");
        try (WavWriter writer = WavWriter.create(reference, format)) {
            writer.writeCoded(coded(format, FRAMES), 0, whole);
        }
        assertThat(file).hasSameBinaryContentAs(reference);
    }

    @Test
    void aFrameThatIsNotWholeGoes() throws IOException {
        Path file = closed(Encoding.PCM_16, 2);
        byte[] bytes = Files.readAllBytes(file);
        Arrays.fill(bytes, 40, 44, (byte) 0xFF);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 3));

        WavRepair.complete(file);

        assertThat(WavReader.read(file).frames()).isEqualTo(FRAMES - 1);
        assertThat(Files.size(file)).isEqualTo(44 + (FRAMES - 1) * 4L);
    }

    @Test
    void aCompleteFileStaysAsItIs() throws IOException {
        for (int channels = 1; channels <= 2; channels++) {
            Path file = closed(Encoding.MU_LAW, channels);
            byte[] before = Files.readAllBytes(file);
            assertThat(WavRepair.complete(file)).isEqualTo(FRAMES / 8);
            assertThat(Files.readAllBytes(file)).isEqualTo(before);
        }
    }

    @Test
    void anOddNumberOfBytesIsPadded() throws IOException {
        Path file = directory.resolve("odd.wav");
        try (WavWriter writer = WavWriter.create(file, new WavFormat(Encoding.MU_LAW, 8_000, 1))) {
            writer.writeCoded(new byte[5], 0, 5);
        }
        byte[] closed = Files.readAllBytes(file);
        byte[] open = Arrays.copyOf(closed, closed.length - 1);
        Arrays.fill(open, 54, 58, (byte) 0xFF);
        Files.write(file, open);

        WavRepair.complete(file);

        assertThat(Files.readAllBytes(file)).isEqualTo(closed);
    }

    @Test
    void whatIsNoSuchFileIsRefusedUntouched() throws IOException {
        Path file = closed(Encoding.MU_LAW, 2);
        for (int at : new int[] {0, 8, 12, 16, 22, 32, 38, 50}) {
            byte[] bytes = Files.readAllBytes(file);
            bytes[at] ^= 0x55;
            Path broken = directory.resolve("broken.wav");
            Files.write(broken, bytes);
            assertThatThrownBy(() -> WavRepair.complete(broken))
                    .as("byte %d", at)
                    .isInstanceOf(WavException.class)
                    .hasMessageContaining(", allowed is ");
            assertThat(Files.readAllBytes(broken)).isEqualTo(bytes);
        }
    }

    @Test
    void aHeaderThatIsCutOffIsRefused() throws IOException {
        Path file = closed(Encoding.MU_LAW, 2);
        byte[] bytes = Files.readAllBytes(file);
        for (int length = 0; length < 58; length++) {
            Files.write(file, Arrays.copyOf(bytes, length), StandardOpenOption.TRUNCATE_EXISTING);
            assertThatThrownBy(() -> WavRepair.complete(file))
                    .as("%d bytes", length)
                    .isInstanceOf(WavException.class);
        }
    }
}
