package dev.dialplane.gateway.records;

import dev.dialplane.gateway.disk.JournalFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Records that wait for their receiver, in the order in which they came, on disk and in memory. Bounded in number and in
 * bytes: beyond either, the oldest of the least worth goes, so that the end of a call outlasts what was said in it, and
 * that outlasts what was half understood. What goes is counted. For one thread at a time.
 */
final class RecordBuffer implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(RecordBuffer.class);
    private static final byte RECORD = 1;
    private static final byte GONE = 2;
    private static final long COMPACT_AT = 8 << 20;

    /** What a record is worth, least first. */
    enum Worth {
        PARTIAL,
        TRANSCRIPT,
        CALL;

        static Worth of(String type) {
            return switch (type) {
                case "dev.dialplane.call.partial" -> PARTIAL;
                case "dev.dialplane.call.turn" -> TRANSCRIPT;
                default -> CALL;
            };
        }
    }

    /** A record as it goes out; its id is the CloudEvent's. */
    record Entry(String id, String type, String callId, byte[] body) {
        Worth worth() {
            return Worth.of(type);
        }
    }

    private final int maxRecords;
    private final long maxBytes;
    private final JournalFile file;
    private final SequencedMap<Long, Entry> all = new TreeMap<>();
    private final Map<Worth, SequencedMap<Long, Entry>> byWorth = new EnumMap<>(Worth.class);
    private long numbers;
    private long bytes;
    private long dropped;

    RecordBuffer(Path path, int maxRecords, long maxBytes) throws IOException {
        this.maxRecords = maxRecords;
        this.maxBytes = maxBytes;
        for (Worth worth : Worth.values()) {
            byWorth.put(worth, new TreeMap<>());
        }
        file = new JournalFile(path, COMPACT_AT, this::replay);
    }

    private boolean replay(byte kind, byte[] body) {
        try {
            switch (kind) {
                case RECORD -> {
                    DataInputStream in = new DataInputStream(new ByteArrayInputStream(body));
                    long number = in.readLong();
                    put(number, new Entry(in.readUTF(), in.readUTF(), in.readUTF(), in.readAllBytes()));
                    numbers = Math.max(numbers, number + 1);
                }
                case GONE -> take(ByteBuffer.wrap(body).getLong());
                default -> LOG.debugf("an entry of kind %d is passed over", kind);
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Keeps a record until it is {@link #gone}. A disk that refuses is reported; the record is then kept in memory. */
    void add(Entry entry) {
        long number = numbers++;
        put(number, entry);
        try {
            file.append(RECORD, written(number, entry));
        } catch (IOException e) {
            LOG.errorf("call %s: a record of type %s is not on disk: %s", entry.callId, entry.type, e.toString());
        }
        while (all.size() > maxRecords || bytes > maxBytes) {
            dropOne();
        }
    }

    private void dropOne() {
        for (SequencedMap<Long, Entry> least : byWorth.values()) {
            if (!least.isEmpty()) {
                dropped++;
                gone(least.firstEntry().getKey());
                return;
            }
        }
    }

    /** The one that has waited longest, and its number; null if none waits. */
    Map.@Nullable Entry<Long, Entry> first() {
        return all.firstEntry();
    }

    /** It was delivered, or is not to be. */
    void gone(long number) {
        if (take(number) == null) {
            return;
        }
        try {
            file.append(GONE, ByteBuffer.allocate(Long.BYTES).putLong(number).array());
            file.compactIfLarge(this::writeAll);
        } catch (IOException e) {
            LOG.errorf("a record may be sent twice: %s", e.toString());
        }
    }

    private void put(long number, Entry entry) {
        all.put(number, entry);
        byWorth(entry).put(number, entry);
        bytes += entry.body.length;
    }

    private @Nullable Entry take(long number) {
        Entry entry = all.remove(number);
        if (entry != null) {
            byWorth(entry).remove(number);
            bytes -= entry.body.length;
        }
        return entry;
    }

    private SequencedMap<Long, Entry> byWorth(Entry entry) {
        return byWorth.computeIfAbsent(entry.worth(), w -> new TreeMap<>());
    }

    private static byte[] written(long number, Entry entry) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(entry.body.length + 128);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeLong(number);
            out.writeUTF(entry.id);
            out.writeUTF(entry.type);
            out.writeUTF(entry.callId);
            out.write(entry.body);
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not refuse", e);
        }
        return bytes.toByteArray();
    }

    private void writeAll(JournalFile.Writer to) throws IOException {
        for (Map.Entry<Long, Entry> entry : all.entrySet()) {
            to.write(RECORD, written(entry.getKey(), entry.getValue()));
        }
    }

    int size() {
        return all.size();
    }

    /** Records that had to go for lack of room. */
    long dropped() {
        return dropped;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
