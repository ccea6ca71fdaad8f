package dev.dialplane.operator.session;

import dev.dialplane.crds.session.CallSession;
import dev.dialplane.crds.session.CallSessionStatus;
import dev.dialplane.operator.gateways.Orders;
import dev.dialplane.operator.kube.Writes;
import dev.dialplane.operator.leader.Leadership;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jboss.logging.Logger;

/** What people do with sessions: hang up, delete, create; and what time does. Events write everything else. */
@ControllerConfiguration(
        name = "callsessions",
        generationAwareEventProcessing = false,
        informer = @Informer(informerListLimit = 500, itemStore = SessionStore.class))
public class SessionReconciler implements Reconciler<CallSession> {

    private static final Logger LOG = Logger.getLogger(SessionReconciler.class);
    private static final Duration ASK_AGAIN = Duration.ofSeconds(5);

    private final Sessions sessions;
    private final LiveCalls calls;
    private final Retention retention;
    private final Writes writes;
    private final Leadership leadership;
    private final Clock clock;
    private final SimpleInboundEventSource<CallSession> again = new SimpleInboundEventSource<>("leadership");

    SessionReconciler(
            Sessions sessions,
            LiveCalls calls,
            Retention retention,
            Writes writes,
            Leadership leadership,
            Clock clock) {
        this.sessions = sessions;
        this.calls = calls;
        this.retention = retention;
        this.writes = writes;
        this.leadership = leadership;
        this.clock = clock;
    }

    /** Returns whether a session that is seen first is to be reconciled. */
    public boolean concerns(CallSession session) {
        return !keptOnly(session);
    }

    /** Returns whether a change is to be reconciled; what events write of a call that goes on is not. */
    public boolean concerns(CallSession after, CallSession before) {
        return !keptOnly(after)
                && (SessionFate.phase(after) != SessionFate.phase(before)
                        || !Objects.equals(
                                after.getMetadata().getGeneration(),
                                before.getMetadata().getGeneration()));
    }

    /**
     * All that is left of an ended session is how long it stays. There are twenty thousand of them when an operator
     * starts, and a reconciliation copies its object twice: so they are taken in here, also while another leads.
     */
    private boolean keptOnly(CallSession session) {
        if (!SessionFate.ended(session)) {
            return false;
        }
        retention.ended(session, SessionFate.over(session, clock.instant()));
        return true;
    }

    @Override
    public List<EventSource<?, CallSession>> prepareEventSources(EventSourceContext<CallSession> context) {
        sessions.use(context.getPrimaryCache());
        return List.of(again);
    }

    /** A leader looks at every session anew whose call goes on: as long as it stood by it did nothing about them. */
    void gained(@Observes Leadership.Gained event) {
        if (again.isRunning()) {
            sessions.all()
                    .filter(session -> !SessionFate.ended(session))
                    .map(ResourceID::fromResource)
                    .forEach(again::propagateEvent);
        }
    }

    @Override
    public UpdateControl<CallSession> reconcile(CallSession session, Context<CallSession> context) {
        String uid = session.getMetadata().getUid();
        if (context.isPrimaryResourceDeleted()) {
            retention.gone(uid);
            if (!SessionFate.ended(session)) {
                LOG.infof(
                        "session %s was deleted, so its call is hung up",
                        session.getMetadata().getName());
                var unused = calls.hangUp(uid);
            }
            return UpdateControl.noUpdate();
        }
        if (!leadership.leads()) {
            return UpdateControl.noUpdate();
        }
        return switch (SessionFate.decide(session, ourOwn(session), clock.instant())) {
            case SessionFate.Leave() -> UpdateControl.noUpdate();
            case SessionFate.HangUp() -> hangUp(uid);
            case SessionFate.Fail(String cause, String message) -> fail(session, cause, message);
            case SessionFate.Over over -> {
                retention.ended(session, over);
                yield UpdateControl.noUpdate();
            }
        };
    }

    private UpdateControl<CallSession> hangUp(String uid) {
        if (calls.hangUp(uid).join() != Orders.Outcome.Done) {
            LOG.infof("session %s cannot be hung up yet: no gateway says that it holds the call", uid);
        }
        return UpdateControl.<CallSession>noUpdate().rescheduleAfter(ASK_AGAIN);
    }

    private UpdateControl<CallSession> fail(CallSession session, String cause, String message) {
        var metadata = session.getMetadata();
        CallSessionStatus failed = SessionRecord.failed(cause, message, metadata.getGeneration(), clock.instant());
        try {
            writes.applyStatus(SessionWriter.statusOf(
                    metadata.getNamespace(),
                    metadata.getName(),
                    metadata.getUid(),
                    metadata.getResourceVersion(),
                    failed));
        } catch (KubernetesClientException e) {
            if (e.getCode() != 404 && e.getCode() != 409) {
                throw e;
            }
        }
        return UpdateControl.noUpdate();
    }

    /** Whoever else creates a session does so under another manager's name. */
    private static boolean ourOwn(CallSession session) {
        return session.getMetadata().getManagedFields().stream()
                .anyMatch(entry -> Writes.FIELD_MANAGER.equals(entry.getManager()));
    }
}
