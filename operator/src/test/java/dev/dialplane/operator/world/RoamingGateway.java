package dev.dialplane.operator.world;

import dev.dialplane.contracts.control.v1.CallEvent;
import dev.dialplane.contracts.control.v1.Demand;
import dev.dialplane.contracts.control.v1.EventAck;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A gateway as gateways are: it goes to the next operator when one refuses or is lost, and tells what was not
 * acknowledged again, in order.
 */
public final class RoamingGateway implements AutoCloseable {

    private final List<Integer> ports;
    private final IntFunction<FakeGateway> attach;
    private final Map<String, CallEvent> unacknowledged = new LinkedHashMap<>();
    private final Map<String, String> sessions = new LinkedHashMap<>();
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().factory());
    private int next;
    private @Nullable FakeGateway current;
    private @Nullable Demand demand;
    private boolean told;
    private volatile int attachedTo;

    /** Makes one that attaches to whichever of the operators leads. */
    public RoamingGateway(List<Integer> ports, IntFunction<FakeGateway> attach) {
        this.ports = ports;
        this.attach = attach;
        timer.scheduleWithFixedDelay(this::look, 0, 50, TimeUnit.MILLISECONDS);
    }

    /** Returns the port of the operator that it is attached to; 0 when to none. */
    public int attachedTo() {
        return attachedTo;
    }

    /** Tells of a call, now or later. */
    public synchronized void tell(CallEvent event) {
        unacknowledged.put(key(event.getFence().getCallId(), event.getSeq()), event);
        FakeGateway to = current;
        if (told && to != null) {
            to.tell(withSession(event));
        }
    }

    /** Tells what a pool is asked for, and every operator that it attaches to from now on. */
    public synchronized void tell(Demand now) {
        demand = now;
        FakeGateway to = current;
        if (told && to != null) {
            to.tell(now);
        }
    }

    /** Returns how many events are not acknowledged. */
    public synchronized int unacknowledged() {
        return unacknowledged.size();
    }

    private synchronized void look() {
        FakeGateway now = current;
        if (now == null || now.end() != null) {
            attachedTo = 0;
            told = false;
            if (now != null) {
                acknowledged(now);
                now.close();
            }
            current = attach.apply(ports.get(next++ % ports.size()));
            return;
        }
        if (now.version() > 0 && !told) {
            told = true;
            attachedTo = ports.get((next - 1) % ports.size());
            if (demand != null) {
                now.tell(demand);
            }
            List.copyOf(unacknowledged.values()).forEach(event -> now.tell(withSession(event)));
        }
        acknowledged(now);
    }

    private void acknowledged(FakeGateway by) {
        for (EventAck ack : new ArrayList<>(by.acks())) {
            unacknowledged.remove(key(ack.getFence().getCallId(), ack.getSeq()));
            if (!ack.getSessionUid().isEmpty()) {
                sessions.put(ack.getFence().getCallId(), ack.getSessionUid());
            }
        }
    }

    private CallEvent withSession(CallEvent event) {
        String uid = sessions.get(event.getFence().getCallId());
        return uid == null ? event : event.toBuilder().setSessionUid(uid).build();
    }

    private static String key(String callId, long seq) {
        return callId + " " + seq;
    }

    @Override
    public synchronized void close() {
        timer.shutdownNow();
        if (current != null) {
            current.close();
        }
    }
}
