package dev.dialplane.gateway.events;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.control.v1.CallEvent;
import dev.dialplane.contracts.control.v1.EventAck;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.zip.CRC32;
import org.jboss.logging.Logger;

/**
 * Events that the operator has not acknowledged, and calls that have not ended, kept in one file that only grows until it
 * is written anew.
 *
 * <p>A record is {@code length, CRC-32, kind, message}. What a crash cut off at the end is dropped when the file is read.
 * Nothing is forced to the device: the file survives the process, and the machine's crash loses at most what the kernel
 * held. At most a stated number of events is kept; beyond it the oldest goes, and is counted. For one thread at a time.
 */
public final class EventJournal implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(EventJournal.class);

    private static final byte EVENT = 1;
    private static final byte ACKNOWLEDGED = 2;
    private static final byte OPENED = 3;
    private static final byte CLOSED = 4;
    private static final int HEADER = 9;
    private static final int MAX_RECORD = 1 << 20;

    private final Path file;
    private final int maxPending;
    private final long compactAt;
    private final SequencedMap<EventKey, CallEvent> pending = new LinkedHashMap<>();
    private final SequencedMap<Fence, CallEvent> open = new LinkedHashMap<>();
    private FileChannel channel;
    private long liveAtCompaction;
    private long dropped;

    /** What an event is known by. */
    public record EventKey(Fence fence, long seq) {
        /** The key of an event. */
        public static EventKey of(CallEvent event) {
            return new EventKey(event.getFence(), event.getSeq());
        }
    }

    /**
     * Opens the journal, and reads what it holds.
     *
     * @param maxPending events kept at most
     * @param compactAt bytes beyond which the file is written anew
     */
    public EventJournal(Path file, int maxPending, long compactAt) throws IOException {
        this.file = file;
        this.maxPending = maxPending;
        this.compactAt = compactAt;
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        load();
    }

    private void load() throws IOException {
        ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(channel.size()));
        while (all.hasRemaining() && channel.read(all) >= 0) {
            continue;
        }
        all.flip();
        int good = 0;
        while (all.remaining() >= HEADER && replay(all)) {
            good = all.position();
        }
        if (good < all.limit()) {
            LOG.warnf("%s: %d bytes at its end are no whole record, and are dropped", file, all.limit() - good);
            channel.truncate(good);
        }
        channel.position(good);
    }

    private boolean replay(ByteBuffer in) {
        int length = in.getInt();
        int sum = in.getInt();
        byte kind = in.get();
        if (length < 0 || length > MAX_RECORD || length > in.remaining()) {
            return false;
        }
        byte[] body = new byte[length];
        in.get(body);
        if (sum != checksum(kind, body)) {
            return false;
        }
        try {
            switch (kind) {
                case EVENT -> {
                    CallEvent event = CallEvent.parseFrom(body);
                    pending.put(EventKey.of(event), event);
                }
                case ACKNOWLEDGED -> {
                    EventAck ack = EventAck.parseFrom(body);
                    pending.remove(new EventKey(ack.getFence(), ack.getSeq()));
                }
                case OPENED -> {
                    CallEvent identity = CallEvent.parseFrom(body);
                    open.put(identity.getFence(), identity);
                }
                case CLOSED -> open.remove(Fence.parseFrom(body));
                default -> LOG.debugf("a record of kind %d is passed over", kind);
            }
            return true;
        } catch (InvalidProtocolBufferException e) {
            return false;
        }
    }

    /** Keeps an event until it is acknowledged. */
    public void append(CallEvent event) throws IOException {
        if (pending.size() >= maxPending) {
            CallEvent oldest = pending.firstEntry().getValue();
            dropped++;
            LOG.errorf(
                    "call %s: its event %d is lost: the operator has acknowledged none of the last %d",
                    oldest.getFence().getCallId(), oldest.getSeq(), maxPending);
            acknowledge(oldest.getFence(), oldest.getSeq());
        }
        write(EVENT, event);
        pending.put(EventKey.of(event), event);
    }

    /** The operator has written it down. */
    public void acknowledge(Fence fence, long seq) throws IOException {
        if (pending.remove(new EventKey(fence, seq)) != null) {
            write(
                    ACKNOWLEDGED,
                    EventAck.newBuilder().setFence(fence).setSeq(seq).build());
            compactIfLarge();
        }
    }

    /**
     * A call was answered. Should this process die in it, whoever opens the journal next finds who it was.
     *
     * @param identity an event's common fields, and its {@code answered}
     */
    public void opened(CallEvent identity) throws IOException {
        write(OPENED, identity);
        open.put(identity.getFence(), identity);
    }

    /** A call has ended, and its event is here. */
    public void closed(Fence fence) throws IOException {
        if (open.remove(fence) != null) {
            write(CLOSED, fence);
        }
    }

    /** Events that wait for their acknowledgement, in their order. */
    public List<CallEvent> pending() {
        return List.copyOf(pending.values());
    }

    /** Whether this event still waits. */
    public boolean isPending(CallEvent event) {
        return pending.containsKey(EventKey.of(event));
    }

    /** Calls that were answered and have not ended, as far as this file knows. */
    public List<CallEvent> open() {
        return List.copyOf(open.values());
    }

    /** Events that had to go unacknowledged. */
    public long dropped() {
        return dropped;
    }

    private void write(byte kind, MessageLite message) throws IOException {
        write(channel, kind, message);
    }

    private static void write(FileChannel to, byte kind, MessageLite message) throws IOException {
        byte[] body = message.toByteArray();
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
    private void compactIfLarge() throws IOException {
        if (channel.position() < Math.max(compactAt, 2 * liveAtCompaction)) {
            return;
        }
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        FileChannel next = FileChannel.open(
                fresh,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        for (CallEvent identity : open.values()) {
            write(next, OPENED, identity);
        }
        for (CallEvent event : pending.values()) {
            write(next, EVENT, event);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        channel.close();
        channel = next;
        liveAtCompaction = next.position();
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
