package dev.dialplane.gateway.events;

import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.control.v1.CallEvent;
import dev.dialplane.gateway.loop.SerialLoop;
import java.io.IOException;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Where calls put their events: on disk first, then to whoever delivers them. Callable from anywhere; the journal belongs
 * to the control loop.
 */
public final class EventLog {
    private static final Logger LOG = Logger.getLogger(EventLog.class);

    private final SerialLoop loop;
    private final EventJournal journal;
    private Consumer<CallEvent> delivery = event -> {};

    /** A log over that journal, which is only touched on that loop from now on. */
    public EventLog(SerialLoop loop, EventJournal journal) {
        this.loop = loop;
        this.journal = journal;
    }

    /** Who is told of each event once it is kept. To be set before the first one. */
    public void deliverTo(Consumer<CallEvent> delivery) {
        this.delivery = delivery;
    }

    /**
     * A call was answered.
     *
     * @param event its {@code answered}
     */
    public void answered(CallEvent event) {
        loop.execute(() -> {
            keeping(event, () -> {
                journal.opened(event);
                journal.append(event);
            });
            delivery.accept(event);
        });
    }

    /** A call was refused, moved or dialed. */
    public void happened(CallEvent event) {
        loop.execute(() -> {
            keeping(event, () -> journal.append(event));
            delivery.accept(event);
        });
    }

    /**
     * A call has ended.
     *
     * @param opened the fence with which it was answered
     * @param kept run on the control loop once the event is on disk
     */
    public void ended(CallEvent event, Fence opened, Runnable kept) {
        loop.execute(() -> {
            keeping(event, () -> {
                journal.append(event);
                journal.closed(opened);
            });
            kept.run();
            delivery.accept(event);
        });
    }

    private interface Keeping {
        void run() throws IOException;
    }

    /** A disk that refuses is reported, and the event is delivered all the same: better once than never. */
    private static void keeping(CallEvent event, Keeping keeping) {
        try {
            keeping.run();
        } catch (IOException e) {
            LOG.errorf(
                    e, "call %s: its event %d is not on disk", event.getFence().getCallId(), event.getSeq());
        }
    }
}
