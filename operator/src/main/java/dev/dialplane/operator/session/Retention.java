package dev.dialplane.operator.session;

import dev.dialplane.crds.session.CallSession;
import dev.dialplane.operator.OperatorConfig;
import dev.dialplane.operator.kube.EventRecorder;
import dev.dialplane.operator.kube.Writes;
import dev.dialplane.operator.leader.Leadership;
import dev.dialplane.operator.session.EndedSessions.Ended;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Deletes ended sessions when their time is over, and the oldest when there are too many: etcd holds far fewer objects
 * than a busy day has calls. Every operator knows them, and the one that leads deletes. It does so beside the
 * reconciler, so that no record of a call waits for a deletion.
 */
@Singleton
class Retention {

    private static final Logger LOG = Logger.getLogger(Retention.class);

    /** How often it is said: at ten thousand calls every end of a call deletes an older session. */
    private static final Duration SAID_EVERY = Duration.ofMinutes(10);

    private static final Duration SWEPT_EVERY = Duration.ofMillis(200);
    private static final Duration TRIED_AGAIN_AFTER = Duration.ofSeconds(5);

    /** Few, because a deletion can wait and the record of a call cannot. */
    private static final int DELETIONS_AT_ONCE = 8;

    private final SessionWriter writer;
    private final Writes writes;
    private final Leadership leadership;
    private final EventRecorder events;
    private final MeterRegistry meters;
    private final Clock clock;
    private final int most;
    private final EndedSessions ended;
    private final Semaphore deleting = new Semaphore(DELETIONS_AT_ONCE);
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("retention").factory());
    private Instant sayAgain = Instant.MIN;

    Retention(
            OperatorConfig config,
            SessionWriter writer,
            Writes writes,
            Leadership leadership,
            EventRecorder events,
            MeterRegistry meters,
            Clock clock) {
        this.writer = writer;
        this.writes = writes;
        this.leadership = leadership;
        this.events = events;
        this.meters = meters;
        this.clock = clock;
        most = config.retainedSessions();
        ended = new EndedSessions(most);
        meters.gauge("dialplane.operator.sessions.retained", this, Retention::count);
        var unused = timer.scheduleWithFixedDelay(
                this::sweepAndGoOn, SWEPT_EVERY.toMillis(), SWEPT_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Takes in an ended session; one that is known already is known once. */
    void ended(CallSession session, SessionFate.Over over) {
        var metadata = session.getMetadata();
        keep(new Ended(metadata.getNamespace(), metadata.getName(), metadata.getUid(), over.end(), over.until()));
    }

    /** Takes in that a session is gone. */
    synchronized void gone(String uid) {
        ended.remove(uid);
    }

    void stop(@Observes ShutdownEvent event) {
        timer.shutdownNow();
    }

    private synchronized void keep(Ended session) {
        ended.add(session);
    }

    private synchronized int count() {
        return ended.size();
    }

    private synchronized EndedSessions.Due due() {
        return ended.due(clock.instant());
    }

    /** A task that fails once is not run again, and a lease may be lost between any two lines of a sweep. */
    private void sweepAndGoOn() {
        try {
            sweep();
        } catch (RuntimeException e) {
            LOG.warnf(e, "ended sessions cannot be looked through now, trying again");
        }
    }

    private void sweep() {
        if (!leadership.leads()) {
            return;
        }
        EndedSessions.Due due = due();
        due.expired().forEach(this::delete);
        due.tooMany().forEach(this::delete);
        if (!due.tooMany().isEmpty()) {
            meters.counter("dialplane.operator.sessions.evicted")
                    .increment(due.tooMany().size());
            say(due.tooMany().getFirst());
        }
    }

    private void delete(Ended session) {
        deleting.acquireUninterruptibly();
        Thread.ofVirtual().name("delete-" + session.name()).start(() -> {
            try {
                writer.expired(session.namespace(), session.name());
                writes.delete(CallSession.class, session.namespace(), session.name(), session.uid(), null, null);
            } catch (RuntimeException e) {
                LOG.debugf("session %s cannot be deleted now: %s", session.name(), e.getMessage());
                keep(new Ended(
                        session.namespace(),
                        session.name(),
                        session.uid(),
                        session.end(),
                        clock.instant().plus(TRIED_AGAIN_AFTER)));
            } finally {
                deleting.release();
            }
        });
    }

    /** Called by the sweep alone. */
    private void say(Ended oldest) {
        Instant now = clock.instant();
        if (now.isBefore(sayAgain)) {
            return;
        }
        sayAgain = now.plus(SAID_EVERY);
        CallSession about = new CallSession();
        about.setMetadata(new ObjectMetaBuilder()
                .withNamespace(oldest.namespace())
                .withName(oldest.name())
                .withUid(oldest.uid())
                .build());
        events.record(
                about,
                EventRecorder.Type.Warning,
                "TooManySessions",
                "DeleteOldest",
                "more than %d ended sessions are kept: the oldest are deleted before their ttlAfterEnd"
                        .formatted(most));
    }
}
