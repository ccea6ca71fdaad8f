package dev.dialplane.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.quicktheories.QuickTheory.qt;
import static org.quicktheories.generators.SourceDSL.integers;

import dev.dialplane.audio.WavFormat.Encoding;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WavWriterTest {
    @TempDir
    Path folder;

    private static short[] noise(long seed, int count) {
        Random random = new Random(seed);
        short[] samples = new short[count];
        for (int i = 0; i < count; i++) {
            samples[i] = (short) random.nextInt();
        }
        return samples;
    }

    @Test
    void whatIsWrittenIsReadBack() {
        Encoding[] encodings = {Encoding.PCM_16, Encoding.A_LAW, Encoding.MU_LAW};
        qt().withExamples(60)
                .forAll(
                        integers().between(0, 2),
                        integers().between(1, 2),
                        integers().between(0, 20_000))
                .checkAssert((which, channels, count) -> {
                    WavFormat format = new WavFormat(encodings[which], 8000, channels);
                    short[] left = noise(1, count);
                    short[] right = noise(2, count);
                    Path file = folder.resolve("a.wav");
                    try (WavWriter writer = WavWriter.create(file, format)) {
                        for (int at = 0; at < count; at += 160) {
                            int block = Math.min(160, count - at);
                            if (channels == 1) {
                                writer.write(left, at, block);
                            } else {
                                writer.write(left, at, right, at, block);
                            }
                        }
                        assertThat(writer.frames()).isEqualTo(count.longValue());
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                    Recording recording = read(file);
                    assertThat(recording.format()).isEqualTo(format);
                    assertThat(recording.channel(0)).isEqualTo(coded(left, format.encoding()));
                    if (channels == 2) {
                        assertThat(recording.channel(1)).isEqualTo(coded(right, format.encoding()));
                    }
                });
    }

    private static Recording read(Path file) {
        try {
            return WavReader.read(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static short[] coded(short[] samples, Encoding encoding) {
        short[] out = samples.clone();
        if (encoding != Encoding.PCM_16) {
            G711 law = encoding == Encoding.A_LAW ? G711.A_LAW : G711.MU_LAW;
            byte[] codes = new byte[out.length];
            law.encode(samples, 0, codes, 0, out.length);
            law.decode(codes, 0, out, 0, out.length);
        }
        return out;
    }

    @ParameterizedTest
    @EnumSource(names = {"PCM_16", "A_LAW", "MU_LAW"})
    void anotherReaderUnderstandsTheFile(Encoding encoding) throws Exception {
        Path file = folder.resolve("b.wav");
        try (WavWriter writer = WavWriter.create(file, new WavFormat(encoding, 16_000, 1))) {
            writer.write(noise(3, 333), 0, 333);
        }
        try (AudioInputStream in = AudioSystem.getAudioInputStream(file.toFile())) {
            AudioFormat format = in.getFormat();
            assertThat(format.getSampleRate()).isEqualTo(16_000);
            assertThat(format.getChannels()).isEqualTo(1);
            assertThat(format.getEncoding())
                    .isEqualTo(
                            switch (encoding) {
                                case A_LAW -> AudioFormat.Encoding.ALAW;
                                case MU_LAW -> AudioFormat.Encoding.ULAW;
                                default -> AudioFormat.Encoding.PCM_SIGNED;
                            });
            assertThat(in.getFrameLength()).isEqualTo(333);
            assertThat(in.readAllBytes()).hasSize(333 * format.getFrameSize());
        }
        // Chunks are padded to even sizes, and the file says its own size.
        byte[] bytes = Files.readAllBytes(file);
        assertThat(bytes.length % 2).isZero();
        assertThat((bytes[4] & 0xFF) | (bytes[5] & 0xFF) << 8).isEqualTo(bytes.length - 8);
    }

    @Test
    void aRecordingThatWasNeverClosedCanBePlayed() throws IOException {
        Path file = folder.resolve("c.wav");
        try (WavWriter writer = WavWriter.create(file, WavFormat.pcm16(8000, 1))) {
            assertThat(WavReader.read(file).frames()).isZero();
            writer.write(noise(4, 50_000), 0, 50_000);
            Recording killed = WavReader.read(file);
            assertThat(killed.frames()).isBetween(40_000, 50_000);
        }
        assertThat(WavReader.read(file).frames()).isEqualTo(50_000);
    }

    @Test
    void twoSidesOfDifferentLengthMakeOneFile() throws IOException {
        Path file = folder.resolve("d.wav");
        WavWriter.write(file, 16_000, new short[] {1, 2, 3}, new short[] {9});
        Recording recording = WavReader.read(file);
        assertThat(recording.channel(0)).containsExactly((short) 1, (short) 2, (short) 3);
        assertThat(recording.channel(1)).containsExactly((short) 9, (short) 0, (short) 0);
        WavWriter.write(file, 16_000, new short[] {5});
        assertThat(WavReader.read(file).channel(0)).containsExactly((short) 5);
    }

    @Test
    void whatCannotBeWrittenIsRefused() throws IOException {
        Path file = folder.resolve("e.wav");
        assertThatThrownBy(() -> WavWriter.create(file, new WavFormat(Encoding.PCM_24, 8000, 1)))
                .isInstanceOf(WavException.class)
                .hasMessage("encoding is PCM_24, allowed is PCM_16, A_LAW or MU_LAW");
        assertThat(file).doesNotExist();
        assertThatThrownBy(() -> WavFormat.pcm16(8000, 3)).hasMessage("channels is 3, allowed is 1 or 2");
        assertThatThrownBy(() -> WavFormat.pcm16(100, 1)).hasMessage("rate is 100, allowed is 1000 to 192000");
        WavWriter writer = WavWriter.create(file, WavFormat.pcm16(8000, 1));
        assertThatThrownBy(() -> writer.write(new short[1], 0, new short[1], 0, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("this recording has 1 channel, and 2 were written");
        writer.close();
        writer.close();
        assertThatThrownBy(() -> writer.write(new short[1], 0, 1)).isInstanceOf(IOException.class);
    }
}
