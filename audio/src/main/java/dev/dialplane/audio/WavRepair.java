package dev.dialplane.audio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Completes a file that a {@link WavWriter} began and did not close, because its process was killed. */
public final class WavRepair {
    /** The longest header that a WavWriter writes: RIFF, fmt with an extension size, fact, data. */
    private static final int LONGEST_HEADER = 58;

    private static final int UNKNOWN = 0xFFFF_FFFF;
    private static final long MOST = 0xFFFF_FFFEL;

    private WavRepair() {}

    /**
     * What a header says of a file, and what it should say.
     *
     * @param headerBytes up to the first sample
     * @param frameBytes of a sample of each channel
     * @param rate frames a second
     * @param frames that are whole
     * @param factAt where the number of frames is to be written; -1 if nowhere
     */
    record Layout(int headerBytes, int frameBytes, int rate, long frames, int factAt) {
        long dataBytes() {
            return frames * frameBytes;
        }

        long padding() {
            return dataBytes() % 2;
        }
    }

    /**
     * Puts the sizes into the header; a frame that is not whole goes. A file that is complete stays as it is.
     *
     * @return its length in ms
     * @throws WavException naming what is not as a WavWriter writes it; the file is not touched then
     * @throws IOException if the file cannot be read or written
     */
    public static long complete(Path path) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer head = ByteBuffer.allocate(LONGEST_HEADER);
            while (head.hasRemaining() && file.read(head, head.position()) > 0) {
                // Until it is full, or the file is over.
            }
            Layout layout = layout(head.flip(), file.size());
            long end = layout.headerBytes + layout.dataBytes();
            file.truncate(end);
            if (layout.padding() != 0) {
                file.write(ByteBuffer.allocate(1), end);
            }
            put(file, 4, layout.headerBytes - 8 + layout.dataBytes() + layout.padding());
            put(file, layout.headerBytes - 4, layout.dataBytes());
            if (layout.factAt >= 0) {
                put(file, layout.factAt, layout.frames);
            }
            file.force(true);
            return layout.frames * 1_000 / layout.rate;
        }
    }

    private static void put(FileChannel file, long at, long size) throws IOException {
        file.write(
                ByteBuffer.allocate(4)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt((int) size)
                        .flip(),
                at);
    }

    /**
     * Reads a header.
     *
     * @param head the file's first bytes, as many as there are up to {@value #LONGEST_HEADER}
     * @param fileBytes how long the file is
     */
    static Layout layout(ByteBuffer head, long fileBytes) throws WavException {
        head.order(ByteOrder.LITTLE_ENDIAN);
        require(head, 0, "RIFF");
        require(head, 8, "WAVE");
        require(head, 12, "fmt ");
        int format = number(head, 16, "fmt size");
        if (format != 16 && format != 18) {
            throw new WavException("fmt size", format, "16 or 18");
        }
        int channels = number(head, 20, "channels") >>> 16;
        int rate = number(head, 24, "rate");
        int frameBytes = number(head, 32, "frame size") & 0xFFFF;
        if (channels < 1 || channels > WavFormat.MAX_CHANNELS) {
            throw new WavException("channels", channels, "1 or 2");
        }
        if (rate < WavFormat.MIN_RATE || rate > WavFormat.MAX_RATE) {
            throw new WavException("rate", rate, WavFormat.MIN_RATE + " to " + WavFormat.MAX_RATE);
        }
        if (frameBytes < channels || frameBytes > 8 * channels) {
            throw new WavException("frame size", frameBytes, channels + " to " + 8 * channels);
        }
        int at = 20 + format;
        int factAt = -1;
        if (format == 18) {
            require(head, at, "fact");
            factAt = at + 8;
            at += 12;
        }
        require(head, at, "data");
        int said = number(head, at + 4, "data size");
        int headerBytes = at + 8;
        long there = Math.min(fileBytes, MOST) - headerBytes;
        long data = said == UNKNOWN ? there : Math.min(Integer.toUnsignedLong(said), there);
        return new Layout(headerBytes, frameBytes, rate, data / frameBytes, factAt);
    }

    private static void require(ByteBuffer head, int at, String id) throws WavException {
        StringBuilder found = new StringBuilder();
        for (int i = at; i < Math.min(at + 4, head.limit()); i++) {
            char c = (char) (head.get(i) & 0xFF);
            found.append(c >= ' ' && c < 0x7F ? c : '?');
        }
        if (!id.contentEquals(found)) {
            throw new WavException("chunk at byte " + at, found, id);
        }
    }

    private static int number(ByteBuffer head, int at, String field) throws WavException {
        if (at + 4 > head.limit()) {
            throw new WavException(field, "missing", "a number at byte " + at);
        }
        return head.getInt(at);
    }
}
