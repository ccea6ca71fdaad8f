package dev.dialplane.operator.session;

import dev.dialplane.contracts.control.v1.CallEvent;
import dev.dialplane.contracts.control.v1.EventAck;
import dev.dialplane.crds.NameRef;
import dev.dialplane.crds.session.CallSession;
import dev.dialplane.crds.session.CallSessionSpec;
import dev.dialplane.crds.session.CallSessionStatus;
import dev.dialplane.operator.kube.Writes;
import dev.dialplane.operator.leader.Leadership;
import dev.dialplane.operator.leader.NotLeadingException;
import dev.dialplane.operator.pool.Labels;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Writes down calls from their events. An event is acknowledged once its write has succeeded, and its write is tried
 * until it does or the gateway is gone, which then sends the event again when it attaches. Of one inbound call that is
 * a create, a status when it was answered and a status when it ended; a repeated event writes nothing.
 */
@Singleton
public class SessionWriter {

    /** How long an ended session is kept. */
    static final String KEPT_AFTER_END = "10m";

    /** The label by which a call is found in logs and gateways. */
    static final String CALL_ID = "dialplane.dev/call-id";

    private static final Logger LOG = Logger.getLogger(SessionWriter.class);
    private static final int EVENTS_IN_HAND = 10_000;
    private static final int WRITES_AT_ONCE = 32;
    private static final int ENDS_AT_ONCE = 24;
    private static final int EXPIRED_REMEMBERED = 20_000;
    private static final Duration FIRST_WAIT = Duration.ofMillis(200);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    private final Sessions sessions;
    private final Writes writes;
    private final LiveCalls calls;
    private final MeterRegistry meters;
    private final Lanes lanes = new Lanes(EVENTS_IN_HAND);
    private final WriteRoom room = new WriteRoom(WRITES_AT_ONCE, ENDS_AT_ONCE);

    /** What was written of calls that go on, which the cache may not show yet. */
    private final Map<String, Written> written = new ConcurrentHashMap<>();

    /** Sessions whose time was over: an event that comes again must not bring them back. */
    private final Map<String, Boolean> expired = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > EXPIRED_REMEMBERED;
        }
    };

    private record Written(
            String uid, String version, @Nullable CallSessionStatus status) {}

    SessionWriter(Sessions sessions, Writes writes, LiveCalls calls, MeterRegistry meters) {
        this.sessions = sessions;
        this.writes = writes;
        this.calls = calls;
        this.meters = meters;
        meters.gauge("dialplane.operator.events.calls", lanes, Lanes::busy);
        meters.gauge("dialplane.calls.live", calls, LiveCalls::count);
    }

    /**
     * Takes an event in; blocks while too many are in hand.
     *
     * @param gateway who tells
     * @param event what
     * @param acknowledge called once the event needs nothing more
     * @param attached whether the gateway still is; a gateway that is not keeps the event itself
     */
    public void take(String gateway, CallEvent event, Consumer<EventAck> acknowledge, BooleanSupplier attached)
            throws InterruptedException {
        String name = SessionName.inbound(event.getCarrier(), event.getAccount(), event.getCarrierCallId());
        lanes.add(
                event.getPool().getNamespace() + "/" + name,
                () -> untilWritten(gateway, name, event, acknowledge, attached));
    }

    /** Takes in that a session was deleted because its time was over. */
    void expired(String namespace, String name) {
        synchronized (expired) {
            expired.put(namespace + "/" + name, true);
        }
    }

    /** What this operator wrote is not the last word any more once another leads. */
    void lost(@Observes Leadership.Lost event) {
        written.clear();
    }

    private void untilWritten(
            String gateway, String name, CallEvent event, Consumer<EventAck> acknowledge, BooleanSupplier attached) {
        Duration wait = FIRST_WAIT;
        while (attached.getAsBoolean()) {
            try {
                acknowledge.accept(room.write(SessionRecord.ends(event), () -> write(gateway, name, event)));
                return;
            } catch (NotLeadingException e) {
                // For good, when the gateway is about to be detached; or for a moment, while the lease is renewed late.
                LOG.debugf("call %s: %s", event.getFence().getCallId(), e.getMessage());
            } catch (KubernetesClientException e) {
                if (e.getCode() == 422 || e.getCode() == 400 || e.getCode() == 404) {
                    LOG.errorf(
                            "call %s: the API server will never take this session, so it is dropped: %s",
                            event.getFence().getCallId(), e.getMessage());
                    meters.counter("dialplane.operator.sessions.dropped").increment();
                    acknowledge.accept(ack(event, null, name));
                    return;
                }
                LOG.warnf(
                        "call %s: its session cannot be written now, trying again in %d ms: %s",
                        event.getFence().getCallId(), wait.toMillis(), e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            try {
                Thread.sleep(wait);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            wait = wait.multipliedBy(2).compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait.multipliedBy(2);
        }
    }

    private EventAck write(String gateway, String name, CallEvent event) {
        String namespace = event.getPool().getNamespace();
        String key = namespace + "/" + name;
        if (event.hasDialing()) {
            return ack(event, null, name);
        }
        Optional<Written> found = find(namespace, name, event.getSessionUid());
        if (!event.getSessionUid().isEmpty()
                && found.filter(known -> known.uid().equals(event.getSessionUid()))
                        .isEmpty()) {
            return gone(gateway, key, name, event);
        }
        if (found.isEmpty() && wasExpired(key)) {
            return ack(event, null, name);
        }
        Written known = found.orElseGet(() -> create(namespace, name, event));
        CallSessionStatus status = SessionRecord.after(known.status(), event);
        String version = known.version();
        if (!status.equals(known.status())) {
            try {
                version = writes.applyStatus(statusOf(namespace, name, known.uid(), version, status))
                        .getMetadata()
                        .getResourceVersion();
            } catch (KubernetesClientException e) {
                if (e.getCode() == 404) {
                    return gone(gateway, key, name, event);
                }
                if (e.getCode() == 409) {
                    return again(gateway, key, name, event, known);
                }
                throw e;
            }
            if (SessionRecord.ends(event)) {
                String cause = status.cause() == null ? "" : status.cause();
                meters.counter("dialplane.calls.ended", "cause", cause).increment();
                if (event.hasRefused()) {
                    meters.counter(
                                    "dialplane.calls.refused",
                                    Tags.of(
                                            "namespace",
                                            namespace,
                                            "pool",
                                            event.getPool().getName(),
                                            "cause",
                                            cause))
                            .increment();
                }
            }
        }
        if (SessionRecord.ends(event)) {
            written.remove(key);
            calls.over(known.uid());
        } else {
            written.put(key, new Written(known.uid(), version, status));
            calls.held(known.uid(), gateway, event.getFence().getCallId());
        }
        return ack(event, known.uid(), name);
    }

    /** The session is not as it was known: changed by a person or another operator, or it is another one by now. */
    private EventAck again(String gateway, String key, String name, CallEvent event, Written known) {
        Optional<Written> present =
                sessions.read(event.getPool().getNamespace(), name).map(SessionWriter::known);
        if (present.filter(found -> found.uid().equals(known.uid())).isEmpty()) {
            return gone(gateway, key, name, event);
        }
        written.put(key, present.get());
        return write(gateway, name, event);
    }

    /** A session that a person deleted ends its call; one whose call is over is not missed. */
    private EventAck gone(String gateway, String key, String name, CallEvent event) {
        written.remove(key);
        if (!SessionRecord.ends(event)) {
            LOG.infof(
                    "call %s: its session was deleted, so it is hung up",
                    event.getFence().getCallId());
            var unused = calls.hangUp(
                    gateway,
                    event.getFence().getCallId(),
                    "hang-up-" + event.getFence().getCallId());
        }
        return ack(event, null, name);
    }

    private Optional<Written> find(String namespace, String name, String uid) {
        Written live = written.get(namespace + "/" + name);
        if (live != null && (uid.isEmpty() || live.uid().equals(uid))) {
            return Optional.of(live);
        }
        Optional<CallSession> session = sessions.cached(namespace, name);
        if (session.isEmpty() && !uid.isEmpty()) {
            session = sessions.read(namespace, name);
        }
        return session.map(SessionWriter::known);
    }

    private Written create(String namespace, String name, CallEvent event) {
        try {
            CallSession created = writes.create(session(namespace, name, event));
            meters.counter("dialplane.operator.sessions.written").increment();
            return known(created);
        } catch (KubernetesClientException e) {
            if (e.getCode() != 409) {
                throw e;
            }
            // The cache was late: the first report was written already.
            return sessions.read(namespace, name).map(SessionWriter::known).orElseThrow(() -> e);
        }
    }

    private static Written known(CallSession session) {
        return new Written(
                session.getMetadata().getUid(), session.getMetadata().getResourceVersion(), session.getStatus());
    }

    private boolean wasExpired(String key) {
        synchronized (expired) {
            return expired.containsKey(key);
        }
    }

    private static CallSession session(String namespace, String name, CallEvent event) {
        CallSession session = new CallSession();
        session.setMetadata(new ObjectMetaBuilder()
                .withNamespace(namespace)
                .withName(name)
                .withLabels(Map.of(
                        Labels.POOL,
                        event.getPool().getName(),
                        CALL_ID,
                        event.getFence().getCallId()))
                .build());
        session.setSpec(new CallSessionSpec(
                new NameRef(event.getPool().getName()),
                CallSessionSpec.Direction.Inbound,
                event.getCarrier(),
                event.getCarrierCallId(),
                null,
                null,
                null,
                List.of(),
                null,
                KEPT_AFTER_END,
                false));
        return session;
    }

    /** Returns a session that holds nothing but which one it is and a status, as a status is written. */
    static CallSession statusOf(String namespace, String name, String uid, String version, CallSessionStatus status) {
        CallSession session = new CallSession();
        session.setMetadata(new ObjectMetaBuilder()
                .withNamespace(namespace)
                .withName(name)
                .withUid(uid)
                .withResourceVersion(version)
                .build());
        session.setStatus(status);
        return session;
    }

    private static EventAck ack(CallEvent event, @Nullable String uid, String name) {
        EventAck.Builder ack = EventAck.newBuilder().setFence(event.getFence()).setSeq(event.getSeq());
        if (uid != null) {
            ack.setSessionUid(uid).setSessionName(name);
        }
        return ack.build();
    }
}
