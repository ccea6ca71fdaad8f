package dev.dialplane.operator.session;

import dev.dialplane.crds.session.CallSession;
import dev.dialplane.operator.OperatorConfig;
import dev.dialplane.operator.kube.EventRecorder;
import dev.dialplane.operator.leader.Leadership;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Keeps the number of ended sessions bounded: etcd holds far fewer objects than a busy day has calls. */
@Singleton
class Retention {

    private record Place(Instant end, String uid) {}

    /**
     * Which session is kept: never the session itself, which would stand on the heap a second time.
     *
     * @param namespace where it is
     * @param name its name there
     * @param uid its UID
     */
    record Kept(String namespace, String name, String uid) {}

    /** How often it is said: at ten thousand calls every end of a call deletes an older session. */
    private static final Duration SAID_EVERY = Duration.ofMinutes(10);

    private final int most;
    private final EventRecorder events;
    private final MeterRegistry meters;
    private final Clock clock;
    private final TreeMap<Place, Kept> oldestFirst =
            new TreeMap<>(Comparator.comparing(Place::end).thenComparing(Place::uid));
    private final Map<String, Place> places = new HashMap<>();
    private Instant sayAgain = Instant.MIN;

    Retention(OperatorConfig config, EventRecorder events, MeterRegistry meters, Clock clock) {
        this.most = config.retainedSessions();
        this.events = events;
        this.meters = meters;
        this.clock = clock;
        meters.gauge("dialplane.operator.sessions.retained", this, Retention::count);
    }

    /** Takes in an ended session and returns one that has to go for it. */
    Optional<Kept> ended(CallSession session) {
        Optional<Kept> tooMany;
        synchronized (this) {
            var metadata = session.getMetadata();
            String uid = metadata.getUid();
            Place place = new Place(SessionFate.end(session, clock.instant()), uid);
            Place before = places.put(uid, place);
            if (before != null) {
                oldestFirst.remove(before);
            }
            oldestFirst.put(place, new Kept(metadata.getNamespace(), metadata.getName(), uid));
            tooMany =
                    places.size() > most ? Optional.of(oldestFirst.firstEntry().getValue()) : Optional.empty();
            tooMany.ifPresent(kept -> gone(kept.uid()));
        }
        if (tooMany.isEmpty()) {
            return tooMany;
        }
        meters.counter("dialplane.operator.sessions.evicted").increment();
        if (isToBeSaid()) {
            events.record(
                    session,
                    EventRecorder.Type.Warning,
                    "TooManySessions",
                    "DeleteOldest",
                    "more than %d ended sessions are kept: the oldest are deleted before their ttlAfterEnd"
                            .formatted(most));
        }
        return tooMany;
    }

    private synchronized boolean isToBeSaid() {
        Instant now = clock.instant();
        if (now.isBefore(sayAgain)) {
            return false;
        }
        sayAgain = now.plus(SAID_EVERY);
        return true;
    }

    /** Takes in that a session is gone. */
    synchronized void gone(String uid) {
        Place place = places.remove(uid);
        if (place != null) {
            oldestFirst.remove(place);
        }
    }

    /** Only a leader deletes; the next one counts by itself. */
    synchronized void lost(@Observes Leadership.Lost event) {
        places.clear();
        oldestFirst.clear();
    }

    private synchronized int count() {
        return places.size();
    }
}
