package dev.dialplane.gateway.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32;
import org.jboss.logging.Logger;

/**
 * A file of entries that only grows until it is written anew.
 *
 * <p>An entry is {@code length, CRC-32, kind, body}. What a crash cut off at the end is dropped when the file is read.
 * Nothing is forced to the device: the file survives the process, and the machine's crash loses at most what the kernel
 * held. For one thread at a time.
 */
public final class JournalFile implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(JournalFile.class);
    private static final int HEADER = 9;
    private static final int MAX_ENTRY = 1 << 20;

    /** Reads an entry back; false if it cannot be understood, and is the last one that counts. */
    public interface Reader {
        /** An entry, in the order in which they were appended. */
        boolean read(byte kind, byte[] body);
    }

    /** Takes entries. */
    public interface Writer {
        /** One more. */
        void write(byte kind, byte[] body) throws IOException;
    }

    /** Writes all that is still worth keeping. */
    public interface Rewriting {
        /** To the new file. */
        void writeTo(Writer writer) throws IOException;
    }

    private final Path file;
    private final long compactAt;
    private FileChannel channel;
    private long sizeAtCompaction;

    /**
     * Opens the file, and reads what it holds.
     *
     * @param compactAt bytes from which the file is written anew
     */
    public JournalFile(Path file, long compactAt, Reader reader) throws IOException {
        this.file = file;
        this.compactAt = compactAt;
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        load(reader);
    }

    private void load(Reader reader) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(channel.size()));
        while (all.hasRemaining() && channel.read(all) >= 0) {
            continue;
        }
        all.flip();
        int good = 0;
        while (all.remaining() >= HEADER && read(all, reader)) {
            good = all.position();
        }
        if (good < all.limit()) {
            LOG.warnf("%s: %d bytes at its end are no whole record, and are dropped", file, all.limit() - good);
            channel.truncate(good);
        }
        channel.position(good);
    }

    private static boolean read(ByteBuffer in, Reader reader) {
        int length = in.getInt();
        int sum = in.getInt();
        byte kind = in.get();
        if (length < 0 || length > MAX_ENTRY || length > in.remaining()) {
            return false;
        }
        byte[] body = new byte[length];
        in.get(body);
        return sum == checksum(kind, body) && reader.read(kind, body);
    }

    /** Adds an entry at the end. */
    public void append(byte kind, byte[] body) throws IOException {
        write(channel, kind, body);
    }

    private static void write(FileChannel to, byte kind, byte[] body) throws IOException {
        if (body.length > MAX_ENTRY) {
            throw new IOException("an entry has " + body.length + " bytes, allowed is " + MAX_ENTRY);
        }
        ByteBuffer out = ByteBuffer.allocate(HEADER + body.length);
        out.putInt(body.length).putInt(checksum(kind, body)).put(kind).put(body).flip();
        while (out.hasRemaining()) {
            to.write(out);
        }
    }

    private static int checksum(byte kind, byte[] body) {
        CRC32 crc = new CRC32();
        crc.update(kind);
        crc.update(body);
        return (int) crc.getValue();
    }

    /** Writes the file anew once it is large, and much larger than it was after the last time. */
    public void compactIfLarge(Rewriting rewriting) throws IOException {
        if (channel.position() < Math.max(compactAt, 2 * sizeAtCompaction)) {
            return;
        }
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        FileChannel next = FileChannel.open(
                fresh,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        rewriting.writeTo((kind, body) -> write(next, kind, body));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        channel.close();
        channel = next;
        sizeAtCompaction = next.position();
    }

    /** The file's length in bytes. */
    public long size() throws IOException {
        return channel.position();
    }

    @Override
    public void close() throws IOException {
        channel.force(true);
        channel.close();
    }
}
