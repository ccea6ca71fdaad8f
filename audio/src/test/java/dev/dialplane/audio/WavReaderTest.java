package dev.dialplane.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.management.ThreadMXBean;
import dev.dialplane.audio.WavFormat.Encoding;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WavReaderTest {
    private static WavFile mono16() {
        return WavFile.riff(1000).fmt(1, 1, 8000, 16);
    }

    private static byte[] little(int size, Content fill) {
        ByteBuffer buffer = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        fill.into(buffer);
        return buffer.array();
    }

    private interface Content {
        void into(ByteBuffer buffer);
    }

    static Stream<Arguments> encodings() {
        return Stream.of(
                Arguments.of(
                        Encoding.PCM_8, 1, 8, new byte[] {0, (byte) 128, (byte) 255}, new int[] {-32_768, 0, 32_512}),
                Arguments.of(
                        Encoding.PCM_16,
                        1,
                        16,
                        little(
                                6,
                                b -> b.putShort((short) -32_768)
                                        .putShort((short) 258)
                                        .putShort((short) 32_767)),
                        new int[] {-32_768, 258, 32_767}),
                Arguments.of(
                        Encoding.PCM_24,
                        1,
                        24,
                        new byte[] {0, 0, (byte) 0x80, (byte) 0x80, 1, 0, (byte) 0xFF, (byte) 0xFF, 0x7F, 0x7F, -1, -1},
                        new int[] {-32_768, 2, 32_767, -1}),
                Arguments.of(
                        Encoding.PCM_32,
                        1,
                        32,
                        little(
                                16,
                                b -> b.putInt(Integer.MIN_VALUE)
                                        .putInt(0x8000)
                                        .putInt(Integer.MAX_VALUE)
                                        .putInt(0x7FFF)),
                        new int[] {-32_768, 1, 32_767, 0}),
                Arguments.of(
                        Encoding.FLOAT_32,
                        3,
                        32,
                        little(
                                24,
                                b -> b.putFloat(-1)
                                        .putFloat(0.5f)
                                        .putFloat(1)
                                        .putFloat(7e30f)
                                        .putFloat(Float.NaN)
                                        .putFloat(Float.NEGATIVE_INFINITY)),
                        new int[] {-32_768, 16_384, 32_767, 32_767, 0, -32_768}),
                Arguments.of(
                        Encoding.FLOAT_64,
                        3,
                        64,
                        little(16, b -> b.putDouble(-0.25).putDouble(1e300)),
                        new int[] {-8192, 32_767}),
                Arguments.of(Encoding.A_LAW, 6, 8, new byte[] {(byte) 0xD5, 0x2A}, new int[] {8, -32_256}),
                Arguments.of(Encoding.MU_LAW, 7, 8, new byte[] {(byte) 0xFF, 0x00}, new int[] {0, -32_124}));
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void everyEncodingIsRead(Encoding encoding, int tag, int bits, byte[] data, int[] samples) throws WavException {
        for (boolean extensible : new boolean[] {false, true}) {
            WavFile file = WavFile.riff(data.length + 36);
            file = extensible ? file.extensible(tag, 1, 22_050, bits) : file.fmt(tag, 1, 22_050, bits);
            Recording recording = WavReader.read(file.chunk("data", data).bytes());
            assertThat(recording.format()).isEqualTo(new WavFormat(encoding, 22_050, 1));
            assertThat(recording.frames()).isEqualTo(samples.length);
            for (int i = 0; i < samples.length; i++) {
                assertThat((int) recording.channel(0)[i]).isEqualTo(samples[i]);
            }
        }
    }

    @Test
    void channelsAreSeparatedAndCanBeMixed() throws WavException {
        byte[] data = {10, 0, 20, 0, -10, -1, -5, -1, 1, 0};
        Recording recording = WavReader.read(
                WavFile.riff(0).fmt(1, 2, 16_000, 16).chunk("data", data).bytes());
        assertThat(recording.channel(0)).containsExactly((short) 10, (short) -10);
        assertThat(recording.channel(1)).containsExactly((short) 20, (short) -5);
        assertThat(recording.mono()).containsExactly((short) 15, (short) -8);
        assertThatThrownBy(() -> recording.channel(2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(recording.duration()).isEqualTo(Duration.ofNanos(125_000));
    }

    @Test
    void aRecordingIsGivenAtTheRateAskedFor() throws WavException {
        byte[] data = new byte[2 * 11_025];
        Recording recording = WavReader.read(
                WavFile.riff(0).fmt(1, 1, 11_025, 16).chunk("data", data).bytes());
        assertThat(recording.mono(8000)).hasSize(8000);
        assertThat(recording.mono(11_025)).hasSize(11_025);
    }

    @Test
    void unknownChunksAreSkippedWithAndWithoutTheirPadding() throws WavException {
        byte[] padded = WavFile.riff(0)
                .chunk("JUNK", new byte[28])
                .chunk("bext", (byte) 1, (byte) 2, (byte) 3)
                .raw((byte) 0)
                .fmt(1, 1, 8000, 16)
                .chunk("LIST", (byte) 'x')
                .chunk("cue ", (byte) 9, (byte) 9, (byte) 9)
                .raw((byte) 0)
                .chunk("data", (byte) 1, (byte) 2)
                .chunk("id3 ", new byte[7])
                .bytes();
        assertThat(WavReader.read(padded).mono()).containsExactly((short) 0x201);
    }

    @ParameterizedTest
    @ValueSource(longs = {0xFFFF_FFFFL, 0x7FFF_FFFFL, 0x7FFF_F024L, 0})
    void aHeaderThatWasNeverCompletedMeansToTheEnd(long size) throws WavException {
        byte[] file = WavFile.riff(size)
                .fmt(7, 1, 8000, 8)
                .id("data")
                .u32(size)
                .raw(new byte[501])
                .bytes();
        assertThat(WavReader.read(file).frames()).isEqualTo(501);
    }

    @Test
    void anEmptyFileIsEmptyWhereItsHeaderIsComplete() throws WavException {
        byte[] alone = WavFile.riff(36).fmt(1, 1, 8000, 16).chunk("data").bytes();
        assertThat(WavReader.read(alone).frames()).isZero();
        byte[] followed = WavFile.riff(36 + 18)
                .fmt(1, 1, 8000, 16)
                .chunk("data")
                .chunk("LIST", new byte[10])
                .bytes();
        assertThat(WavReader.read(followed).frames()).isZero();
        byte[] killed = WavFile.riff(36)
                .fmt(1, 1, 8000, 16)
                .chunk("data")
                .raw(new byte[10])
                .bytes();
        assertThat(WavReader.read(killed).frames()).isEqualTo(5);
    }

    @Test
    void halfASampleAtTheEndIsDropped() throws WavException {
        byte[] file = mono16().chunk("data", new byte[5]).bytes();
        assertThat(WavReader.read(file).frames()).isEqualTo(2);
    }

    static Stream<Arguments> refusals() {
        WavFile none = new WavFile();
        return Stream.of(
                Arguments.of(none, "ChunkID", "cut off at byte 0"),
                Arguments.of(new WavFile().id("RI"), "ChunkID", "cut off at byte 2"),
                Arguments.of(new WavFile().id("OggS").u32(0), "ChunkID", "\"OggS\""),
                Arguments.of(new WavFile().u32(0x04030201), "ChunkID", "0x01020304"),
                Arguments.of(new WavFile().id("RIFF").u32(4).id("AVI "), "Format", "\"AVI \""),
                Arguments.of(new WavFile().id("RIFF").u16(4), "chunk size", "cut off at byte 6"),
                Arguments.of(WavFile.riff(4), "Subchunk ID", "cut off at byte 12"),
                Arguments.of(WavFile.riff(4).chunk("data", new byte[2]), "Subchunk ID", "data"),
                Arguments.of(WavFile.riff(4).id("fmt ").u32(12).raw(new byte[12]), "fmt size", "12"),
                Arguments.of(WavFile.riff(4).id("fmt ").u32(0xFFFF_FFFFL), "fmt size", "4294967295"),
                Arguments.of(WavFile.riff(4).id("fmt ").u32(16).raw(new byte[3]), "fmt size", "16"),
                Arguments.of(WavFile.riff(4).fmt(2, 1, 8000, 4), "wFormatTag", "2"),
                Arguments.of(WavFile.riff(4).fmt(85, 1, 8000, 16), "wFormatTag", "85"),
                Arguments.of(WavFile.riff(4).fmt(1, 1, 8000, 12), "wBitsPerSample", "12"),
                Arguments.of(WavFile.riff(4).fmt(3, 1, 8000, 16), "wBitsPerSample", "16"),
                Arguments.of(WavFile.riff(4).fmt(7, 1, 8000, 16), "wBitsPerSample", "16"),
                Arguments.of(WavFile.riff(4).fmt(1, 0, 8000, 16), "nChannels", "0"),
                Arguments.of(WavFile.riff(4).fmt(1, 6, 8000, 16), "nChannels", "6"),
                Arguments.of(WavFile.riff(4).fmt(1, 1, 0, 16), "nSamplesPerSec", "0"),
                Arguments.of(WavFile.riff(4).fmt(1, 1, 4_000_000_000L, 16), "nSamplesPerSec", "4000000000"),
                Arguments.of(WavFile.riff(4).id("fmt ").u32(16).fields(1, 2, 8000, 16, 2), "nBlockAlign", "2"),
                Arguments.of(WavFile.riff(4).fmt(0xFFFE, 1, 8000, 16), "fmt size", "16"),
                Arguments.of(
                        WavFile.riff(4)
                                .id("fmt ")
                                .u32(40)
                                .fields(0xFFFE, 1, 8000, 16, 2)
                                .raw(new byte[24]),
                        "SubFormat",
                        "a GUID of its own"),
                Arguments.of(mono16().id("data").u32(100).raw(new byte[60]), "data size", "100"),
                Arguments.of(mono16().id("LIST").u32(100).raw(new byte[60]), "LIST size", "100"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void whatCannotBeReadIsRefusedByItsField(WavFile file, String field, String value) {
        WavException refusal = catchThrowableOfType(WavException.class, () -> WavReader.read(file.bytes()));
        assertThat(refusal).isNotNull();
        assertThat(refusal.field()).isEqualTo(field);
        assertThat(refusal.value()).isEqualTo(value);
        assertThat(refusal).hasMessage(field + " is " + value + ", allowed is " + refusal.allowed());
        assertThat(refusal.allowed()).isNotBlank();
    }

    @Test
    void noMoreThanTheLimitIsRead() throws IOException {
        byte[] file = mono16().chunk("data", new byte[1000]).bytes();
        assertThat(WavReader.read(new ByteArrayInputStream(file), file.length).frames())
                .isEqualTo(500);
        assertThatThrownBy(() -> WavReader.read(new ByteArrayInputStream(file), file.length - 1))
                .isInstanceOf(WavException.class)
                .hasMessage("data size is 1000, allowed is at most 999 bytes here");
        byte[] chunks = mono16().chunk("LIST", new byte[1000]).bytes();
        assertThatThrownBy(() -> WavReader.read(new ByteArrayInputStream(chunks), 500))
                .hasMessageStartingWith("LIST size is 1000, allowed is at most 4");
        assertThatThrownBy(() -> WavReader.read(new ByteArrayInputStream(chunks), 20))
                .isInstanceOf(WavException.class);
    }

    @Test
    void aStreamWithoutEndIsLeftAtTheLimit() {
        byte[] header = mono16().id("data").u32(0xFFFF_FFFFL).bytes();
        long[] given = {0};
        InputStream endless = new InputStream() {
            @Override
            public int read(byte[] into, int offset, int count) {
                int most = Math.min(count, 100);
                for (int i = 0; i < most; i++) {
                    into[offset + i] = (byte) read();
                }
                return most;
            }

            @Override
            public int read() {
                return given[0] < header.length ? header[(int) given[0]++] & 0xFF : (int) (given[0]++ & 0);
            }
        };
        assertThatThrownBy(() -> WavReader.read(endless, 10_000))
                .isInstanceOf(WavException.class)
                .hasMessage("file size is more than 10000, allowed is at most 10000 bytes");
        assertThat(given[0]).isLessThan(20_000);
    }

    @Test
    void aClaimedSizeTakesNoMemory() {
        byte[] file = mono16().id("data").u32(0x7FFE_0000L).raw(new byte[10]).bytes();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        assertThatThrownBy(() -> WavReader.read(file)).hasMessageContaining("the 10 bytes that follow");
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(4 << 20);
    }

    @Test
    void everyFileCutShortIsReadInPartOrRefused() throws WavException {
        byte[] whole = WavFile.riff(0xFFFF_FFFFL)
                .chunk("LIST", new byte[6])
                .extensible(1, 2, 48_000, 16)
                .id("data")
                .u32(0xFFFF_FFFFL)
                .raw(new byte[40])
                .bytes();
        int refused = 0;
        for (int length = 0; length <= whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            try {
                assertThat(WavReader.read(cut).frames()).isEqualTo((length - (whole.length - 40)) / 4);
            } catch (WavException e) {
                refused++;
            }
        }
        assertThat(refused).isEqualTo(whole.length - 40);
    }
}
