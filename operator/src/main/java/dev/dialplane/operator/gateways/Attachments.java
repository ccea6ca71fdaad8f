package dev.dialplane.operator.gateways;

import dev.dialplane.contracts.control.v1.AgentStates;
import dev.dialplane.contracts.control.v1.CallEvent;
import dev.dialplane.contracts.control.v1.Demand;
import dev.dialplane.contracts.control.v1.EventAck;
import dev.dialplane.contracts.control.v1.Gateway;
import dev.dialplane.contracts.control.v1.Hello;
import dev.dialplane.contracts.control.v1.OrderResult;
import dev.dialplane.operator.leader.Leadership;
import io.grpc.Status;
import io.grpc.StatusException;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** All gateways that are attached, and who is told of what they say. */
@Singleton
public class Attachments {

    /** What is said of calls, and who writes it down. */
    public interface Calls {

        /** A gateway attached and tells of the calls that it holds. */
        void attached(String gateway, Hello hello);

        /** Something happened that is written down; acknowledged once it is. Blocks while too much is in hand. */
        void event(String gateway, CallEvent event, Consumer<EventAck> acknowledge, BooleanSupplier attached)
                throws InterruptedException;
    }

    /** Whether what a gateway would be told is complete. */
    @FunctionalInterface
    public interface Settled {
        /** Returns whether all pools, pods and sessions are known. */
        boolean settled();
    }

    private static final Logger LOG = Logger.getLogger(Attachments.class);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);
    private static final Duration REFUSAL_LOGGED_EVERY = Duration.ofMinutes(1);
    private static final int REFUSALS_REMEMBERED = 256;

    private final GatewayIdentity identity;
    private final Roster roster;
    private final AgentBoard agents;
    private final DemandBoard demand;
    private final Orders orders;
    private final RecordingPlaces recordings;
    private final Calls calls;
    private final Settled settled;
    private final Leadership leadership;
    private final MeterRegistry meters;
    private final Clock clock;
    private final Map<String, Attachment> attached = new ConcurrentHashMap<>();
    private final Map<String, Instant> refusals = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
            return size() > REFUSALS_REMEMBERED;
        }
    };

    Attachments(
            GatewayIdentity identity,
            Roster roster,
            AgentBoard agents,
            DemandBoard demand,
            Orders orders,
            RecordingPlaces recordings,
            Calls calls,
            Settled settled,
            Leadership leadership,
            MeterRegistry meters,
            Clock clock) {
        this.identity = identity;
        this.roster = roster;
        this.agents = agents;
        this.demand = demand;
        this.orders = orders;
        this.recordings = recordings;
        this.calls = calls;
        this.settled = settled;
        this.leadership = leadership;
        this.meters = meters;
        this.clock = clock;
        meters.gaugeMapSize("dialplane.operator.gateways", List.of(), attached);
    }

    void lost(@Observes Leadership.Lost event) {
        detachAll("the operator leads no more");
    }

    void stop(@Observes ShutdownEvent event) {
        detachAll("the operator is stopping");
    }

    private void detachAll(String why) {
        List.copyOf(attached.values()).forEach(gateway -> gateway.close(Status.UNAVAILABLE.withDescription(why)));
    }

    /** Returns what a gateway is told that comes to an operator which stands by: to try the next one. */
    Optional<Status> standsBy() {
        return leadership.leads()
                ? Optional.empty()
                : Optional.of(Status.UNAVAILABLE.withDescription(
                        "this operator stands by; %s leads".formatted(leadership.holder())));
    }

    GatewayIdentity.Pod identify(String token) throws StatusException {
        return identity.review(token);
    }

    /** Waits until there is a whole snapshot to give; returns false if the gateway left meanwhile. */
    boolean settled(BooleanSupplier waiting) throws InterruptedException {
        while (!settled.settled()) {
            if (!waiting.getAsBoolean()) {
                return false;
            }
            Thread.sleep(LOOK_AGAIN);
        }
        return waiting.getAsBoolean();
    }

    void attach(Attachment attachment, Hello hello) throws StatusException {
        String gateway = hello.getGatewayId();
        Attachment before = attached.put(gateway, attachment);
        if (before != null) {
            before.close(Status.ABORTED.withDescription("this gateway has attached again"));
        }
        // Only now, so that one that comes while leadership goes is closed by one of the two.
        Optional<Status> late = standsBy();
        if (late.isPresent()) {
            throw late.get().asException();
        }
        LOG.infof("gateway %s (%s) attached with %d calls", hello.getGatewayName(), gateway, hello.getLiveCallsCount());
        orders.attached(gateway, attachment.sender());
        roster.attach(
                Gateway.newBuilder()
                        .setGatewayId(gateway)
                        .setZone(hello.getZone())
                        .setDraining(hello.getDraining())
                        .build(),
                attachment.sender());
        recordings.attached(hello);
        calls.attached(gateway, hello);
    }

    void detach(String gateway, Attachment attachment) {
        roster.detach(attachment.sender());
        orders.detached(gateway, attachment.sender());
        if (attached.remove(gateway, attachment)) {
            roster.left(gateway);
            agents.detached(gateway);
            demand.forget(gateway);
            recordings.left(gateway);
            LOG.infof("gateway %s detached", gateway);
        }
    }

    void agents(String gateway, AgentStates states) {
        agents.tell(gateway, states);
    }

    void demand(String gateway, Demand told) {
        demand.tell(gateway, told);
    }

    void event(String gateway, CallEvent event, Consumer<EventAck> acknowledge, BooleanSupplier open)
            throws InterruptedException {
        calls.event(gateway, event, acknowledge, open);
    }

    void answered(OrderResult result) {
        orders.answered(result);
    }

    /** Logs a refusal, the same one once in a while. */
    void refused(String why) {
        meters.counter("dialplane.operator.attach.refused").increment();
        Instant now = clock.instant();
        synchronized (refusals) {
            Instant before = refusals.get(why);
            if (before != null && before.plus(REFUSAL_LOGGED_EVERY).isAfter(now)) {
                return;
            }
            refusals.put(why, now);
        }
        LOG.warnf("refused to attach: %s", why);
    }

    void failed(@Nullable String gateway, RuntimeException failure) {
        LOG.errorf(failure, "a message of gateway %s could not be handled", gateway);
    }
}
