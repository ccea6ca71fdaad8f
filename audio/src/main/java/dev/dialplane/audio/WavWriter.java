package dev.dialplane.audio;

import dev.dialplane.audio.WavFormat.Encoding;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Objects;

/**
 * Writes a RIFF/WAVE file as its samples come: 16-bit PCM, or G.711 from 16-bit samples.
 *
 * <p>Until {@link #close} has put the sizes in, the header says that they are unknown, which {@link WavReader} and most
 * players take for "to the end"; so the recording of a process that was killed can be played, and {@link WavRepair} can
 * complete it. For one thread at a time; allocates nothing per block.
 */
public final class WavWriter implements Closeable {
    private static final int BUFFER = 16 << 10;
    private static final int UNKNOWN = 0xFFFF_FFFF;

    private final FileChannel file;
    private final WavFormat format;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
    private final int headerBytes;
    private final long most;
    private long dataBytes;

    private WavWriter(FileChannel file, WavFormat format) throws IOException {
        this.file = file;
        this.format = format;
        header(UNKNOWN, UNKNOWN, UNKNOWN);
        headerBytes = buffer.position();
        drain();
        most = 0xFFFF_FFFEL - headerBytes;
    }

    /**
     * Begins a file, in place of one that is there.
     *
     * @throws WavException if the encoding is one that is only read
     * @throws IOException if the file cannot be written
     */
    public static WavWriter create(Path path, WavFormat format) throws IOException {
        switch (format.encoding()) {
            case PCM_16, A_LAW, MU_LAW -> {}
            case PCM_8, PCM_24, PCM_32, FLOAT_32, FLOAT_64 ->
                throw new WavException("encoding", format.encoding(), "PCM_16, A_LAW or MU_LAW");
        }
        FileChannel file = FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        try {
            return new WavWriter(file, format);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Writes a mono file of 16-bit PCM. */
    public static void write(Path path, int rate, short[] samples) throws IOException {
        try (WavWriter writer = create(path, WavFormat.pcm16(rate, 1))) {
            writer.write(samples, 0, samples.length);
        }
    }

    /** Writes a stereo file of 16-bit PCM; the shorter side ends in silence. */
    public static void write(Path path, int rate, short[] left, short[] right) throws IOException {
        int frames = Math.max(left.length, right.length);
        try (WavWriter writer = create(path, WavFormat.pcm16(rate, 2))) {
            writer.write(Arrays.copyOf(left, frames), 0, Arrays.copyOf(right, frames), 0, frames);
        }
    }

    /**
     * Appends {@code count} samples of a mono file.
     *
     * @throws IllegalStateException if the file is stereo
     * @throws WavException if the file would grow beyond the 4 GiB of its format; nothing is written then
     * @throws IOException if the file cannot be written
     */
    public void write(short[] samples, int offset, int count) throws IOException {
        checkChannels(1);
        Objects.checkFromIndexSize(offset, count, samples.length);
        admit(count);
        for (int i = 0; i < count; i++) {
            room();
            put(samples[offset + i]);
        }
    }

    /**
     * Appends {@code count} samples of either side of a stereo file.
     *
     * @throws IllegalStateException if the file is mono
     * @throws WavException if the file would grow beyond the 4 GiB of its format; nothing is written then
     * @throws IOException if the file cannot be written
     */
    public void write(short[] left, int leftOffset, short[] right, int rightOffset, int count) throws IOException {
        checkChannels(2);
        Objects.checkFromIndexSize(leftOffset, count, left.length);
        Objects.checkFromIndexSize(rightOffset, count, right.length);
        admit(count);
        for (int i = 0; i < count; i++) {
            room();
            put(left[leftOffset + i]);
            put(right[rightOffset + i]);
        }
    }

    /**
     * Appends {@code count} frames that are coded as the file is, the channels of each one after another.
     *
     * @param offset of the first byte
     * @throws WavException if the file would grow beyond the 4 GiB of its format; nothing is written then
     * @throws IOException if the file cannot be written
     */
    public void writeCoded(byte[] coded, int offset, int count) throws IOException {
        Objects.checkFromIndexSize(offset, Math.multiplyExact(count, format.frameBytes()), coded.length);
        admit(count);
        int from = offset;
        int end = offset + count * format.frameBytes();
        while (from < end) {
            if (!buffer.hasRemaining()) {
                drain();
            }
            int some = Math.min(end - from, buffer.remaining());
            buffer.put(coded, from, some);
            from += some;
        }
    }

    /** Samples written so far to each channel. */
    public long frames() {
        return dataBytes / format.frameBytes();
    }

    /** Completes the header and closes the file; a second time does nothing. */
    @Override
    public void close() throws IOException {
        if (!file.isOpen()) {
            return;
        }
        try (file) {
            long padding = dataBytes % 2;
            if (padding != 0) {
                room();
                buffer.put((byte) 0);
            }
            drain();
            header((int) (headerBytes - 8 + dataBytes + padding), (int) frames(), (int) dataBytes);
            file.position(0);
            drain();
        }
    }

    private void header(int riffSize, int frames, int dataSize) {
        Encoding encoding = format.encoding();
        boolean pcm = encoding.tag == 1;
        tag("RIFF").putInt(riffSize);
        tag("WAVE");
        // Encodings other than PCM have an extension size and say in a fact chunk how many frames there are.
        tag("fmt ").putInt(pcm ? 16 : 18);
        buffer.putShort((short) encoding.tag);
        buffer.putShort((short) format.channels());
        buffer.putInt(format.rate());
        buffer.putInt(format.rate() * format.frameBytes());
        buffer.putShort((short) format.frameBytes());
        buffer.putShort((short) encoding.bits);
        if (!pcm) {
            buffer.putShort((short) 0);
            tag("fact").putInt(4).putInt(frames);
        }
        tag("data").putInt(dataSize);
    }

    private ByteBuffer tag(String id) {
        for (int i = 0; i < id.length(); i++) {
            buffer.put((byte) id.charAt(i));
        }
        return buffer;
    }

    private void put(short sample) {
        switch (format.encoding()) {
            case PCM_16 -> buffer.putShort(sample);
            case A_LAW -> buffer.put(G711.A_LAW.encode(sample));
            case MU_LAW -> buffer.put(G711.MU_LAW.encode(sample));
            case PCM_8, PCM_24, PCM_32, FLOAT_32, FLOAT_64 -> throw new AssertionError(format);
        }
    }

    private void admit(int count) throws IOException {
        if (!file.isOpen()) {
            throw new IOException("this recording is closed");
        }
        long bytes = dataBytes + (long) count * format.frameBytes();
        if (bytes > most) {
            throw new WavException("data size", bytes, "at most " + most + " bytes");
        }
        dataBytes = bytes;
    }

    private void room() throws IOException {
        if (buffer.remaining() < format.frameBytes()) {
            drain();
        }
    }

    private void drain() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            file.write(buffer);
        }
        buffer.clear();
    }

    private void checkChannels(int wanted) {
        if (format.channels() != wanted) {
            throw new IllegalStateException("this recording has "
                    + (wanted == 1 ? "2 channels, and 1 was" : "1 channel, and 2 were") + " written");
        }
    }
}
