package dev.dialplane.operator.session;

import dev.dialplane.contracts.control.v1.CallEvent;
import dev.dialplane.contracts.control.v1.EventAck;
import dev.dialplane.contracts.control.v1.Hello;
import dev.dialplane.contracts.control.v1.LiveCall;
import dev.dialplane.crds.session.CallSession;
import dev.dialplane.operator.gateways.Attachments;
import dev.dialplane.operator.gateways.CallOutcomes;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** What gateways report of calls. */
@Singleton
class CallReports implements Attachments.Calls {

    private static final Logger LOG = Logger.getLogger(CallReports.class);

    private final SessionWriter writer;
    private final Sessions sessions;
    private final LiveCalls calls;
    private final CallOutcomes outcomes;

    CallReports(SessionWriter writer, Sessions sessions, LiveCalls calls, CallOutcomes outcomes) {
        this.writer = writer;
        this.sessions = sessions;
        this.calls = calls;
        this.outcomes = outcomes;
    }

    @Override
    public void attached(String gateway, Hello hello) {
        for (LiveCall call : hello.getLiveCallsList()) {
            if (!call.getSessionUid().isEmpty()) {
                calls.held(call.getSessionUid(), gateway, call.getFence().getCallId());
                if (gone(call)) {
                    LOG.infof(
                            "call %s: its session was deleted meanwhile, so it is hung up",
                            call.getFence().getCallId());
                    var unused = calls.hangUp(call.getSessionUid());
                }
            }
        }
    }

    @Override
    public void event(String gateway, CallEvent event, Consumer<EventAck> acknowledge, BooleanSupplier attached)
            throws InterruptedException {
        outcomes.take(
                event,
                Causes.spell(event.getEnded().getCause(), event.getEnded().getCauseValue()));
        writer.take(gateway, event, acknowledge, attached);
    }

    /** Asks the API server where the cache knows no such session; who cannot be asked has deleted nothing. */
    private boolean gone(LiveCall call) {
        String namespace = call.getPool().getNamespace();
        if (isIt(call, sessions.cached(namespace, call.getSessionName()))) {
            return false;
        }
        try {
            return !isIt(call, sessions.read(namespace, call.getSessionName()));
        } catch (KubernetesClientException e) {
            return false;
        }
    }

    private static boolean isIt(LiveCall call, Optional<CallSession> session) {
        return session.filter(found -> found.getMetadata().getUid().equals(call.getSessionUid()))
                .isPresent();
    }
}
