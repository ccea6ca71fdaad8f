package dev.dialplane.e2e.simulation;

import dev.dialplane.contracts.agent.v1.OfferRequest;
import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.e2e.invariants.Invariants;
import dev.dialplane.e2e.invariants.Violation;
import dev.dialplane.e2e.load.PoissonSchedule;
import dev.dialplane.gateway.binding.SearchEnd;
import dev.dialplane.gateway.token.CallTokens;
import dev.dialplane.gateway.token.SigningKey;
import dev.dialplane.operator.pool.AgentPod;
import dev.dialplane.operator.pool.NamespaceLimit;
import dev.dialplane.operator.pool.PoolKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An installation on virtual time: callers, gateways with the real binder, agents that arbitrate, an operator with the real
 * decisions, and what may go wrong. Every virtual second what must hold is looked at.
 */
public final class Simulation {
    /** Of all calls, those that a webhook announces; of them, those whose media never comes. */
    private static final double ANNOUNCED = 0.2;

    private static final double NEVER_COME = 0.03;
    /** How long after a fault its effects are told apart from calm. */
    private static final long AFTERMATH_MS = 40_000;

    private static final long RECORD_WITHIN_MS = 45_000;
    private static final long SECOND = 1_000_000_000L;
    private static final Duration SETTLING = Duration.ofSeconds(150);
    private static final Duration GATEWAY_AWAY = Duration.ofSeconds(15);

    private final Shape shape;
    private final Consumer<String> progress;
    private final VirtualTime time = new VirtualTime();
    private final Network network;
    private final SplittableRandom random;
    private final Figures figures = new Figures();
    private final Invariants invariants = new Invariants(RECORD_WITHIN_MS, 0, true);
    private final Records records = new Records(time, invariants);
    // HMAC-SHA256 as in the product; whose key it is does not matter.
    private final CallTokens tokens =
            new CallTokens(new SigningKey("0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII)));
    private final Map<PoolKey, Plan> plans = new LinkedHashMap<>();
    private final Map<PoolRef, Plan> planOf = new HashMap<>();
    private final List<SimulatedGateway> gateways = new ArrayList<>();
    private final Cluster cluster;
    private final SimulatedOperator operator;
    private final Map<String, Caller> callers = new LinkedHashMap<>();
    /** Cut off with their gateway, and nobody has told of them. */
    private final Set<String> droppedUnheard = new HashSet<>();

    private boolean measuring;
    private boolean calling;
    private long troubledUntil = Long.MIN_VALUE;
    private long openedLately;

    private Simulation(Shape shape, Consumer<String> progress) {
        this.shape = shape;
        this.progress = progress;
        random = new SplittableRandom(shape.seed());
        network = new Network(random.split());
        cluster = new Cluster(time, network, new Pods(), shape.perNode());
        operator = new SimulatedOperator(this);
    }

    /** Runs it. */
    public static Figures run(Shape shape, Consumer<String> progress) {
        return new Simulation(shape, progress).run();
    }

    // What its parts ask of one another.

    VirtualTime time() {
        return time;
    }

    Network network() {
        return network;
    }

    Shape shape() {
        return shape;
    }

    Cluster cluster() {
        return cluster;
    }

    SimulatedOperator operator() {
        return operator;
    }

    Records records() {
        return records;
    }

    CallTokens tokens() {
        return tokens;
    }

    Collection<Plan> plans() {
        return plans.values();
    }

    Plan plan(PoolKey key) {
        return Objects.requireNonNull(plans.get(key));
    }

    Agent agentAt(String podUid) {
        return cluster.agent(podUid);
    }

    // What its parts tell.

    void loopTask(long nanos) {
        if (measuring) {
            figures.loopTask.recordValue(nanos / 1_000);
        }
        figures.loopSeconds += nanos / 1e9;
    }

    void planned(long nanos) {
        if (measuring) {
            figures.planning.recordValue(nanos / 1_000);
        }
        figures.planSeconds += nanos / 1e9;
    }

    void searched(SearchEnd end) {
        figures.searches.merge(end, 1, Integer::sum);
    }

    void offered(String answer) {
        figures.offers.merge(answer, 1, Integer::sum);
    }

    void retired(boolean agreed) {
        if (agreed) {
            figures.retired++;
        } else {
            figures.retirementsRefused++;
        }
    }

    void connectionOpened() {
        openedLately++;
    }

    void bound(Caller caller, long since, int offers) {
        if (measuring) {
            boolean trouble = caller.troubled || troubled();
            (trouble ? figures.bindInTrouble : figures.bindInCalm).recordValue((time.nanos() - since) / 1_000);
            figures.offersPerCall.recordValue(offers);
        }
    }

    /** A caller was told that somebody will answer; the media comes, mostly, and wherever. */
    void rings(Caller caller, Fence fence, String podUid, SimulatedGateway.Process where) {
        boolean comes = !network.chance(NEVER_COME);
        var unused = time.after(network.between(400, 4_000), () -> {
            if (caller.over) {
                return;
            }
            if (!comes) {
                lineDown(caller, false);
                return;
            }
            SimulatedGateway.Process here = where.alive() && network.chance(0.5) ? where : anyGateway();
            if (here == null) {
                orphaned(caller);
            } else {
                here.media(caller, fence, podUid);
            }
        });
    }

    /**
     * Nobody knows of a call that rang at a gateway which died, not even if the caller had left before: a gateway has on
     * disk what it answered, and nothing of a call that only rings.
     */
    void orphaned(Caller caller) {
        if (caller.line != null) {
            return;
        }
        if (caller.over) {
            figures.dropped++;
            droppedUnheard.add(caller.carrierCallId);
            invariants.lineEnded(caller.carrierCallId, false, true, time.millis());
        } else {
            lineDown(caller, true);
        }
    }

    /** The caller's line is down, and not because the caller hung up. */
    void lineDown(Caller caller, boolean gatewayDied) {
        if (!caller.over) {
            caller.over = true;
            callers.remove(caller.carrierCallId);
            if (gatewayDied) {
                figures.dropped++;
                droppedUnheard.add(caller.carrierCallId);
            }
            invariants.lineEnded(caller.carrierCallId, false, gatewayDied, time.millis());
        }
    }

    private void hangsUp(Caller caller) {
        if (!caller.over) {
            caller.over = true;
            callers.remove(caller.carrierCallId);
            invariants.lineEnded(caller.carrierCallId, true, false, time.millis());
            SimulatedGateway.Line line = caller.line;
            if (line != null) {
                line.hangUp();
            }
        }
    }

    private final class Pods implements Cluster.Observer, Agent.Observer {
        @Override
        public Agent started(AgentPod pod, boolean warm) {
            String hash = warm ? plan(pod.pool()).specHash() : "";
            boolean twice = shape.broken() == Shape.Broken.AGENTS_ACCEPT_TWICE && network.chance(0.2);
            return new Agent(time, network, this, pod.uid(), hash, twice);
        }

        @Override
        public void deleting(AgentPod pod) {
            invariants.podDeleted(pod.uid(), pod.name());
        }

        @Override
        public void lost(AgentPod pod) {
            invariants.agentLost(pod.uid());
        }

        @Override
        public void accepted(Agent agent, OfferRequest offer) {
            String callId = offer.getFence().getCallId();
            invariants.accepted(agent.uid, callId, callId);
        }

        @Override
        public void opened(Agent agent, String callId, boolean alone) {
            invariants.opened(agent.uid, callId, alone);
        }

        @Override
        public void released(Agent agent, String callId) {
            invariants.released(agent.uid, callId);
        }

        @Override
        public void exited(Agent agent) {
            cluster.exited(agent.uid);
        }
    }

    // The run.

    private Figures run() {
        long begun = System.nanoTime();
        heap("nothing");
        layOut();
        heap("agents");
        operator.start();
        for (int i = 0; i < shape.gateways(); i++) {
            addGateway();
        }
        time.pass(200_000_000);
        heap("gateways know them");
        time.pass(20 * SECOND);
        heap("gateways are connected");
        say("%d agents on %d nodes in %d pools; gateways are connected"
                .formatted(cluster.size(), cluster.nodes(), plans.size()));
        calling = true;
        plans.values().forEach(plan -> arrivals(plan, plan.callsPerSecond, shape.seed() + plans.size()));
        schedule();
        long seconds = shape.lasts().toSeconds();
        for (long second = 0; second < seconds; second++) {
            measuring = second >= seconds / 5;
            second();
            if (second == seconds * 6 / 10) {
                heap("calls are on");
            }
            if (second % 60 == 59) {
                say("%d calls on, %d agents, target %d, %d violations"
                        .formatted(callers.size(), cluster.size(), operator.targets(), figures.violations.size()));
            }
        }
        calling = false;
        measuring = false;
        List.copyOf(callers.values()).forEach(this::hangsUp);
        for (long second = 0; second < SETTLING.toSeconds(); second++) {
            second();
        }
        gateways.stream()
                .filter(gateway -> gateway.untold() > 0)
                .forEach(gateway -> say("%s has not told %d events".formatted(gateway.id, gateway.untold())));
        figures.unknown = droppedUnheard.size();
        figures.open = invariants.open();
        figures.ends.putAll(records.ends());
        figures.events = time.done();
        figures.virtualSeconds = time.seconds();
        figures.wallSeconds = (System.nanoTime() - begun) / 1e9;
        return figures;
    }

    /** Half of the namespaces' pools, roughly, are as big as somebody said; the others as their calls ask for. */
    private void layOut() {
        int size = shape.agents() / shape.namespaces();
        for (int namespace = 0; namespace < shape.namespaces(); namespace++) {
            boolean asAsked = namespace % 4 == 3;
            String name = "tenant-" + namespace;
            PoolKey backKey = new PoolKey(name, "back");
            Plan back = pool(backKey, size / 5, asAsked, null);
            pool(new PoolKey(name, "front"), size - size / 5, asAsked, back.ref);
        }
        plans.values().forEach(plan -> {
            for (int i = 0; i < plan.initial; i++) {
                cluster.warm(plan.key, plan.revision());
            }
        });
    }

    private Plan pool(PoolKey key, int size, boolean asAsked, @Nullable PoolRef overflow) {
        int most = NamespaceLimit.PODS * size * shape.namespaces() / shape.agents();
        Plan plan = new Plan(
                key,
                asAsked ? size / 2 : size,
                Math.max(size, Math.min(size * 6 / 5, most)),
                size,
                shape.callsPerSecond() * size / shape.agents(),
                overflow);
        plan.targetWritten = plan.initial;
        plans.put(key, plan);
        planOf.put(plan.ref, plan);
        return plan;
    }

    private void addGateway() {
        SimulatedGateway gateway =
                new SimulatedGateway(this, "gateway-" + gateways.size(), "zone-" + gateways.size() % 3);
        gateways.add(gateway);
        gateway.start();
    }

    private SimulatedGateway.@Nullable Process anyGateway() {
        List<SimulatedGateway.Process> alive = gateways.stream()
                .map(SimulatedGateway::process)
                .filter(process -> process != null && process.informed())
                .toList();
        return alive.isEmpty() ? null : alive.get(network.pick(alive.size()));
    }

    // Calls.

    private void arrivals(Plan plan, double perSecond, long salt) {
        PoissonSchedule schedule = new PoissonSchedule(
                salt * 31 + plan.key.hashCode(), perSecond, shape.holdSeconds(), 10 * shape.holdSeconds());
        next(plan, schedule, time.nanos());
    }

    private void next(Plan plan, PoissonSchedule schedule, long from) {
        PoissonSchedule.Due due = schedule.next();
        var unused = time.after(from + due.atNanos() - time.nanos(), () -> {
            if (calling) {
                calls(plan, due.holdNanos());
                next(plan, schedule, from);
            }
        });
    }

    private void calls(Plan plan, long holdNanos) {
        SimulatedGateway.Process gateway = anyGateway();
        if (gateway == null) {
            return;
        }
        // Nobody hangs up before the greeting could begin: the slowest bindings must not be missing from the figures.
        long until = time.nanos() + Math.max(6 * SECOND, holdNanos);
        Caller caller = new Caller("c" + figures.calls++, plan.ref, time.nanos(), until, troubled());
        callers.put(caller.carrierCallId, caller);
        invariants.lineStarted(caller.carrierCallId);
        if (network.chance(ANNOUNCED)) {
            gateway.reserve(caller);
        } else {
            gateway.take(caller);
        }
        var unused = time.after(until - time.nanos(), () -> hangsUp(caller));
    }

    // What goes wrong.

    private boolean troubled() {
        return time.millis() < troubledUntil;
    }

    private void schedule() {
        List<Plan> all = List.copyOf(plans.values());
        at(0.30, "a pool's pods are replaced", Duration.ofSeconds(60), () -> {
            Plan front = all.get(1);
            front.changeRevision();
            operator.changed(front);
        });
        at(0.36, "what a pool's agents say is changed", Duration.ofSeconds(20), () -> {
            Plan front = all.get(3);
            front.changeSpec();
            operator.changed(front);
        });
        at(
                0.40,
                "a fourth of the namespaces gets 30 % more calls",
                Duration.ZERO,
                () -> all.stream()
                        .filter(plan -> plan.min < plan.initial)
                        .forEach(plan -> arrivals(plan, 0.3 * plan.callsPerSecond, shape.seed() - 1)));
        at(0.50, "a gateway dies, and is back after 15 s", GATEWAY_AWAY, () -> {
            SimulatedGateway unlucky = gateways.getFirst();
            invariants.faultBegins();
            unlucky.kill();
            var unused = time.after(GATEWAY_AWAY.toNanos(), () -> {
                if (shape.broken() == Shape.Broken.GATEWAYS_FORGET_EVENTS) {
                    unlucky.forgetWhatIsOnDisk();
                }
                unlucky.start();
                invariants.faultEnds(time.millis());
            });
        });
        at(0.58, "a gateway is added", Duration.ZERO, this::addGateway);
        at(0.65, "a node is lost with its agents", Duration.ZERO, () -> {
            int lost = cluster.loseNode(cluster.nodes() / 2);
            say("that node had %d agents".formatted(lost));
        });
        at(
                0.72,
                "the operator's cache hears nothing for 20 s",
                Duration.ofSeconds(20),
                () -> cluster.stall(20 * SECOND));
        at(0.80, "the operator is away for %d s".formatted(shape.absent().toSeconds()), shape.absent(), () -> {
            invariants.faultBegins();
            operator.stop();
            var unused = time.after(shape.absent().toNanos(), () -> {
                operator.start();
                invariants.faultEnds(time.millis());
            });
        });
    }

    private void at(double share, String what, Duration lasts, Runnable happening) {
        var unused = time.after((long) (share * shape.lasts().toNanos()), () -> {
            say(what);
            figures.diary.add("%.0f s: %s".formatted(time.seconds(), what));
            troubledUntil = time.millis() + lasts.toMillis() + AFTERMATH_MS;
            happening.run();
        });
    }

    // What is looked at.

    private void second() {
        time.pass(SECOND);
        figures.opened.recordValue(openedLately);
        openedLately = 0;
        for (SimulatedGateway gateway : gateways) {
            SimulatedGateway.Process process = gateway.process();
            if (process != null && measuring) {
                figures.connections.recordValue(process.linked());
                figures.callsPerGateway.recordValue(process.calls());
            }
        }
        droppedUnheard.removeIf(records::told);
        figures.mostTarget = Math.max(figures.mostTarget, operator.targets());
        figures.mostAgents = Math.max(figures.mostAgents, cluster.size());
        look();
        invariants.check(time.millis()).forEach(this::violated);
    }

    /** The agents themselves, whoever told what of them. */
    private void look() {
        Map<String, String> holders = new HashMap<>();
        int busy = 0;
        for (Agent agent : cluster.agents()) {
            if (agent.conversations() > 1) {
                violated(new Violation(
                        Violation.Rule.AGENT_HOLDS_TWO_CALLS,
                        agent.uid + " is in " + agent.conversations() + " conversations"));
            }
            Fence fence = agent.fence();
            if (fence != null && agent.talks() && !agent.dead()) {
                busy++;
                String other = holders.put(fence.getCallId(), agent.uid);
                if (other != null) {
                    violated(new Violation(
                            Violation.Rule.CALL_HELD_BY_TWO_AGENTS,
                            fence.getCallId() + " is held by " + other + " and " + agent.uid));
                }
            }
        }
        figures.mostBusy = Math.max(figures.mostBusy, busy);
    }

    private void violated(Violation violation) {
        if (figures.violations.size() < 1_000) {
            figures.violations.add(violation);
        }
    }

    private void say(String what) {
        progress.accept("%6.1f s: %s".formatted(time.seconds(), what));
    }

    private void heap(String when) {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        figures.heap.put(when, runtime.totalMemory() - runtime.freeMemory());
    }
}
