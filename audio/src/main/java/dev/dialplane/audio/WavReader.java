package dev.dialplane.audio;

import dev.dialplane.audio.WavFormat.Encoding;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads RIFF/WAVE files (Microsoft and IBM, <i>Multimedia Programming Interface and Data Specifications 1.0</i>, and
 * WAVE_FORMAT_EXTENSIBLE) of one or two channels in the encodings of {@link Encoding}.
 *
 * <p>Takes files as they occur: unknown chunks are skipped, the padding of odd chunks may be missing, byte rates may be
 * wrong, and a header that was never completed, because its writer streamed or was killed, means that the samples go on to
 * the end. What cannot be read is a {@link WavException}. Memory grows with what is really there, never with what a header
 * claims.
 */
public final class WavReader {
    /** The most bytes that are read unless another limit is given: 35 minutes of 16 kHz mono PCM. */
    public static final int DEFAULT_LIMIT = 64 << 20;

    private static final int MAX_FMT_BYTES = 4_096;
    private static final int EXTENSIBLE = 0xFFFE;
    private static final long UNKNOWN = 0xFFFF_FFFFL;
    /** From here on a size is a streaming writer's "as much as there will be" (SoX writes 0x7FFFF000 and up). */
    private static final long STREAMED = 0x7FFF_0000L;
    /** The GUID of an encoding that has a format tag, after the tag's two bytes (KSDATAFORMAT_SUBTYPE_WAVEFORMATEX). */
    private static final byte[] TAG_GUID = {
        0, 0, 0, 0, 0x10, 0, (byte) 0x80, 0, 0, (byte) 0xAA, 0, 0x38, (byte) 0x9B, 0x71
    };

    private final PushbackInputStream in;
    private final int limit;
    private long position;

    private WavReader(InputStream in, int limit) {
        this.in = new PushbackInputStream(in, 1);
        this.limit = limit;
    }

    /** Reads a file of at most {@link #DEFAULT_LIMIT} bytes. */
    public static Recording read(Path file) throws IOException {
        return read(file, DEFAULT_LIMIT);
    }

    /** Reads a file of at most {@code limit} bytes. */
    public static Recording read(Path file, int limit) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            return read(in, limit);
        }
    }

    /** Reads a file that is in memory. */
    public static Recording read(byte[] file) throws WavException {
        try {
            return read(new ByteArrayInputStream(file), Integer.MAX_VALUE);
        } catch (WavException e) {
            throw e;
        } catch (IOException e) {
            throw new AssertionError("an array does not fail", e);
        }
    }

    /**
     * Reads a file of at most {@code limit} bytes from a stream, which it does not close. Bytes after the samples may be
     * left unread.
     *
     * @throws WavException if it is not such a file, or larger
     * @throws IOException if the stream fails
     */
    public static Recording read(InputStream in, int limit) throws IOException {
        return new WavReader(in, limit).read();
    }

    private Recording read() throws IOException {
        expect("ChunkID", "RIFF");
        long riffSize = size();
        expect("Format", "WAVE");
        @Nullable WavFormat format = null;
        while (true) {
            String id = id("Subchunk ID");
            long size = size();
            switch (id) {
                case "fmt " -> format = format(chunk(id, size));
                case "data" -> {
                    if (format == null) {
                        throw new WavException("Subchunk ID", "data", "fmt before data");
                    }
                    return samples(format, data(size, riffSize));
                }
                default -> skip(id, size);
            }
        }
    }

    private WavFormat format(ByteBuffer fmt) throws WavException {
        if (fmt.capacity() < 16) {
            throw new WavException("fmt size", fmt.capacity(), "16 to " + MAX_FMT_BYTES);
        }
        int tag = fmt.getShort(0) & 0xFFFF;
        int channels = fmt.getShort(2) & 0xFFFF;
        long rate = fmt.getInt(4) & 0xFFFF_FFFFL;
        int blockAlign = fmt.getShort(12) & 0xFFFF;
        int bits = fmt.getShort(14) & 0xFFFF;
        if (tag == EXTENSIBLE) {
            if (fmt.capacity() < 40) {
                throw new WavException("fmt size", fmt.capacity(), "40 and more for WAVE_FORMAT_EXTENSIBLE");
            }
            tag = fmt.getShort(24) & 0xFFFF;
            byte[] rest = new byte[14];
            fmt.get(26, rest);
            if (!Arrays.equals(rest, TAG_GUID)) {
                throw new WavException("SubFormat", "a GUID of its own", "a GUID that holds a format tag");
            }
        }
        if (channels < 1 || channels > WavFormat.MAX_CHANNELS) {
            throw new WavException("nChannels", channels, "1 or 2");
        }
        if (rate < WavFormat.MIN_RATE || rate > WavFormat.MAX_RATE) {
            throw new WavException("nSamplesPerSec", rate, WavFormat.MIN_RATE + " to " + WavFormat.MAX_RATE);
        }
        WavFormat format = new WavFormat(encoding(tag, bits), (int) rate, channels);
        if (blockAlign != format.frameBytes()) {
            throw new WavException("nBlockAlign", blockAlign, String.valueOf(format.frameBytes()));
        }
        return format;
    }

    private static Encoding encoding(int tag, int bits) throws WavException {
        boolean known = false;
        for (Encoding encoding : Encoding.values()) {
            if (encoding.tag == tag && encoding.bits == bits) {
                return encoding;
            }
            known |= encoding.tag == tag;
        }
        if (!known) {
            throw new WavException("wFormatTag", tag, "1 (PCM), 3 (IEEE float), 6 (A-law), 7 (mu-law)");
        }
        throw new WavException(
                "wBitsPerSample",
                bits,
                switch (tag) {
                    case 1 -> "8, 16, 24 or 32 for PCM";
                    case 3 -> "32 or 64 for IEEE float";
                    default -> "8 for G.711";
                });
    }

    private byte[] data(long size, long riffSize) throws IOException {
        // A size of 0 is the truth only where the RIFF chunk has its own size and says that more chunks follow.
        boolean unfinished = size == 0 && (riffSize == UNKNOWN || riffSize + 8 <= position);
        if (size >= STREAMED || unfinished) {
            byte[] rest = in.readNBytes((int) Math.min(Integer.MAX_VALUE - 8, limit - position + 1));
            if (position + rest.length > limit) {
                throw new WavException("file size", "more than " + limit, "at most " + limit + " bytes");
            }
            return rest;
        }
        return chunk("data", size).array();
    }

    private ByteBuffer chunk(String id, long size) throws IOException {
        long allowed = id.equals("data") ? limit - position : Math.min(MAX_FMT_BYTES, limit - position);
        if (size > allowed) {
            throw new WavException(id.strip() + " size", size, "at most " + allowed + " bytes here");
        }
        byte[] bytes = in.readNBytes((int) size);
        if (bytes.length < size) {
            throw new WavException(id.strip() + " size", size, "at most the " + bytes.length + " bytes that follow");
        }
        position += size;
        pad(size);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void skip(String id, long size) throws IOException {
        if (size > limit - position) {
            throw new WavException(id.strip() + " size", size, "at most " + (limit - position) + " bytes here");
        }
        try {
            in.skipNBytes(size);
        } catch (EOFException e) {
            throw new WavException(id.strip() + " size", size, "at most the bytes that follow");
        }
        position += size;
        pad(size);
    }

    /** Chunks begin at even positions; what stands in between is zero, and an identifier never begins with that. */
    private void pad(long size) throws IOException {
        if (size % 2 != 0) {
            int next = in.read();
            if (next == 0) {
                position++;
            } else if (next > 0) {
                in.unread(next);
            }
        }
    }

    private void expect(String field, String wanted) throws IOException {
        String id = id(field);
        if (!id.equals(wanted)) {
            throw new WavException(field, '"' + id + '"', '"' + wanted + '"');
        }
    }

    private String id(String field) throws IOException {
        byte[] bytes = four(field);
        for (int i = 0; i < 4; i++) {
            if (bytes[i] < ' ' || bytes[i] > '~') {
                throw new WavException(
                        field, String.format("0x%08X", ByteBuffer.wrap(bytes).getInt()), "four printable characters");
            }
        }
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    private long size() throws IOException {
        return ByteBuffer.wrap(four("chunk size"))
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .getInt()
                & UNKNOWN;
    }

    private byte[] four(String field) throws IOException {
        if (position + 4 > limit) {
            throw new WavException("file size", "more than " + limit, "at most " + limit + " bytes");
        }
        byte[] bytes = in.readNBytes(4);
        if (bytes.length < 4) {
            throw new WavException(
                    field, "cut off at byte " + (position + bytes.length), "a whole file with fmt and data");
        }
        position += 4;
        return bytes;
    }

    private static Recording samples(WavFormat format, byte[] data) {
        int channels = format.channels();
        int frames = data.length / format.frameBytes();
        short[][] samples = new short[channels][frames];
        ByteBuffer bytes = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        int width = format.encoding().bytes();
        for (int i = 0, at = 0; i < frames; i++) {
            for (int c = 0; c < channels; c++, at += width) {
                samples[c][i] = sample(format.encoding(), bytes, at);
            }
        }
        return new Recording(format, samples);
    }

    private static short sample(Encoding encoding, ByteBuffer bytes, int at) {
        return switch (encoding) {
            case PCM_8 -> (short) (((bytes.get(at) & 0xFF) - 128) << 8);
            case PCM_16 -> bytes.getShort(at);
            case PCM_24 -> rounded((bytes.getShort(at) & 0xFFFF) | bytes.get(at + 2) << 16, 8);
            case PCM_32 -> rounded(bytes.getInt(at), 16);
            case FLOAT_32 -> full(bytes.getFloat(at));
            case FLOAT_64 -> full(bytes.getDouble(at));
            case A_LAW -> G711.A_LAW.decode(bytes.get(at));
            case MU_LAW -> G711.MU_LAW.decode(bytes.get(at));
        };
    }

    private static short rounded(int value, int shift) {
        return (short) Math.min(((long) value + (1 << (shift - 1))) >> shift, Short.MAX_VALUE);
    }

    /** A sample of full scale ±1; what is no number is silence. */
    private static short full(double value) {
        return (short) Math.clamp(Math.round(value * 32_768), Short.MIN_VALUE, Short.MAX_VALUE);
    }
}
