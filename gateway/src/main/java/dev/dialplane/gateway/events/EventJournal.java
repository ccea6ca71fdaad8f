package dev.dialplane.gateway.events;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.control.v1.CallEvent;
import dev.dialplane.contracts.control.v1.EventAck;
import dev.dialplane.gateway.disk.JournalFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jboss.logging.Logger;

/**
 * Events that the operator has not acknowledged, and calls that have not ended, kept in a {@link JournalFile}. At most a
 * stated number of events is kept; beyond it the oldest goes, and is counted. For one thread at a time.
 */
public final class EventJournal implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(EventJournal.class);

    private static final byte EVENT = 1;
    private static final byte ACKNOWLEDGED = 2;
    private static final byte OPENED = 3;
    private static final byte CLOSED = 4;

    private final JournalFile file;
    private final int maxPending;
    private final SequencedMap<EventKey, CallEvent> pending = new LinkedHashMap<>();
    private final SequencedMap<Fence, CallEvent> open = new LinkedHashMap<>();
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
    public EventJournal(Path path, int maxPending, long compactAt) throws IOException {
        this.maxPending = maxPending;
        file = new JournalFile(path, compactAt, this::replay);
    }

    private boolean replay(byte kind, byte[] body) {
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
                default -> LOG.debugf("an entry of kind %d is passed over", kind);
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
            file.compactIfLarge(this::writeAll);
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
        file.append(kind, message.toByteArray());
    }

    private void writeAll(JournalFile.Writer to) throws IOException {
        for (CallEvent identity : open.values()) {
            to.write(OPENED, identity.toByteArray());
        }
        for (CallEvent event : pending.values()) {
            to.write(EVENT, event.toByteArray());
        }
    }

    /** The file's length in bytes. */
    public long size() throws IOException {
        return file.size();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
