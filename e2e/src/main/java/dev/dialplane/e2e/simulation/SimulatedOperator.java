package dev.dialplane.e2e.simulation;

import dev.dialplane.contracts.control.v1.AgentAddress;
import dev.dialplane.contracts.control.v1.AgentState;
import dev.dialplane.contracts.control.v1.Demand;
import dev.dialplane.gateway.binding.Shares;
import dev.dialplane.operator.gateways.DemandBoard;
import dev.dialplane.operator.pool.Agent.Place;
import dev.dialplane.operator.pool.AgentPhase;
import dev.dialplane.operator.pool.AgentPod;
import dev.dialplane.operator.pool.CreationPace;
import dev.dialplane.operator.pool.CreationPaces;
import dev.dialplane.operator.pool.LossRule;
import dev.dialplane.operator.pool.NamespaceLimit;
import dev.dialplane.operator.pool.PoolKey;
import dev.dialplane.operator.pool.PoolPlan;
import dev.dialplane.operator.pool.Spread;
import dev.dialplane.operator.sizing.Hold;
import dev.dialplane.operator.sizing.Load;
import dev.dialplane.operator.sizing.LoadMeter;
import dev.dialplane.operator.sizing.SizingRule;
import dev.dialplane.operator.sizing.SizingRule.Bounds;
import dev.dialplane.operator.sizing.SizingRule.Size;
import dev.dialplane.operator.sizing.StartTimes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The operator without Kubernetes: what it decides with is the product's own ({@link PoolPlan}, {@link SizingRule},
 * {@link LossRule} and what they rest on); how it keeps what it heard is simulated, after the product's classes of the same
 * purpose, with a cache that is late and knows its own writes.
 */
final class SimulatedOperator {
    private static final double BLOCKING = 0.001;
    private static final Duration SCALE_DOWN_AFTER = Duration.ofMinutes(5);
    private static final Duration START_WITHIN = Duration.ofMinutes(5);
    private static final Duration EVICTABLE_AFTER = Duration.ofMinutes(5);
    private static final Duration LOST_AFTER = Duration.ofSeconds(30);
    private static final Duration LONGEST_CALL = Duration.ofHours(1);
    private static final Duration SHOWN_WITHIN = Duration.ofMinutes(1);
    private static final Duration ASK_AGAIN = Duration.ofSeconds(5);
    private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(10);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);
    private static final int ASKED_AT_ONCE = 64;
    private static final double MAX_SURGE = 0.25;
    private static final CreationPace.Limit PACE = new CreationPace.Limit(30, 100);

    private final Simulation world;
    private final VirtualTime time;
    private final Network network;
    private @Nullable Life life;

    SimulatedOperator(Simulation world) {
        this.world = world;
        time = world.time();
        network = world.network();
    }

    void start() {
        Life fresh = new Life();
        life = fresh;
        fresh.begin();
    }

    void stop() {
        Life gone = life;
        life = null;
        if (gone != null) {
            gone.end();
        }
    }

    /** A pool's spec has changed. */
    void changed(Plan plan) {
        Life present = life;
        if (present != null) {
            present.tellAll(session -> session.down(reader -> reader.pool(plan.told())));
            present.nudge(plan.key);
        }
    }

    int targets() {
        return world.plans().stream().mapToInt(plan -> plan.targetWritten).sum();
    }

    /** A gateway attaches; null while nobody is there to attach to. */
    @Nullable
    Session attach(SimulatedGateway.Process gateway) {
        Life present = life;
        return present == null ? null : present.attach(gateway);
    }

    private record Heard(AgentPhase phase, Instant since, int served) {}

    private sealed interface Asked {
        record Open() implements Asked {}

        record Refused(Instant askAgain) implements Asked {}

        record Agreed() implements Asked {}
    }

    /** What it keeps of a pool. */
    private static final class Memory {
        final Map<String, AgentPod> pods = new LinkedHashMap<>();
        LoadMeter meter;
        Hold hold = Hold.NOTHING;
        StartTimes starts = StartTimes.NONE;
        boolean nudged;

        Memory(double now) {
            meter = LoadMeter.from(now);
        }
    }

    private final class Life implements Cluster.Watcher {
        private final Map<PoolKey, Memory> memories = new LinkedHashMap<>();
        private final Map<String, AgentPod> byUid = new HashMap<>();
        private final Map<String, Instant> awaited = new HashMap<>();
        private final Map<String, AgentAddress> roster = new LinkedHashMap<>();
        private final Map<String, Integer> onNode = new HashMap<>();
        private final Map<String, Heard> heard = new HashMap<>();
        private final Map<String, Set<String>> reachable = new HashMap<>();
        private final Map<String, Set<String>> unreachable = new HashMap<>();
        private final Map<String, Instant> unreached = new HashMap<>();
        private final Map<String, Asked> asked = new HashMap<>();
        private final Set<String> able = new HashSet<>();
        private final Map<Integer, Instant> silent = new HashMap<>();
        private final Map<String, Session> sessions = new LinkedHashMap<>();
        private final DemandBoard demand = new DemandBoard();
        private CreationPaces paces = CreationPaces.rested();
        private final Instant watched = time.instant();
        private int asking;

        private void begin() {
            demand.listen((pool, counted) -> {
                Memory memory = memory(pool);
                memory.meter = memory.meter.counted(
                        time.seconds(), counted.arrived(), counted.refused(), counted.inSystem(), counted.busy());
                nudge(pool);
            });
            world.cluster().list(this).forEach(this::put);
            world.plans().forEach(plan -> nudge(plan.key));
            lookAgain();
        }

        private void end() {
            List.copyOf(sessions.values()).forEach(Session::closed);
        }

        private boolean there() {
            return life == this;
        }

        private void later(long nanos, Runnable work) {
            var unused = time.after(nanos, () -> {
                if (there()) {
                    work.run();
                }
            });
        }

        private Memory memory(PoolKey pool) {
            return memories.computeIfAbsent(pool, key -> new Memory(time.seconds()));
        }

        private void lookAgain() {
            later(LOOK_AGAIN.toNanos() / 3, () -> {
                judgeLost();
                memories.keySet().forEach(this::nudge);
                lookAgain();
            });
        }

        // Pods.

        @Override
        public void shown(AgentPod pod) {
            if (!there()) {
                return;
            }
            AgentPod before = byUid.get(pod.uid());
            AgentPod read = before != null && before.everReady() && !pod.everReady() ? pod.onceReady() : pod;
            awaited.remove(pod.uid());
            put(before != null && before.deleting() && !read.deleting() ? read.told() : read);
        }

        private void put(AgentPod pod) {
            AgentPod before = byUid.put(pod.uid(), pod);
            memory(pod.pool()).pods.put(pod.uid(), pod);
            if (before == null || !before.node().equals(pod.node())) {
                if (before != null) {
                    onNode.merge(before.node(), -1, Integer::sum);
                }
                onNode.merge(pod.node(), 1, Integer::sum);
            }
            boolean serves = (pod.life() == AgentPod.Life.Ready || pod.life() == AgentPod.Life.Unready)
                    && !pod.address().isEmpty();
            if (serves) {
                AgentAddress address = Cluster.address(pod);
                if (!address.equals(roster.put(pod.uid(), address))) {
                    tellAll(session -> session.down(reader -> reader.agent(address)));
                }
            } else if (roster.remove(pod.uid()) != null) {
                tellAll(session -> session.down(reader -> reader.agentGone(pod.uid())));
            }
            nudge(pod.pool());
        }

        @Override
        public void gone(String uid) {
            if (!there()) {
                return;
            }
            awaited.remove(uid);
            AgentPod before = byUid.remove(uid);
            if (before == null) {
                return;
            }
            memory(before.pool()).pods.remove(uid);
            onNode.merge(before.node(), -1, Integer::sum);
            heard.remove(uid);
            reachable.remove(uid);
            unreachable.remove(uid);
            unreached.remove(uid);
            asked.remove(uid);
            able.remove(uid);
            if (roster.remove(uid) != null) {
                tellAll(session -> session.down(reader -> reader.agentGone(uid)));
            }
            nudge(before.pool());
        }

        // Gateways.

        private Session attach(SimulatedGateway.Process gateway) {
            Session session = new Session(this, gateway);
            sessions.put(gateway.id(), session);
            List<AgentAddress> agents = List.copyOf(roster.values());
            List<Shares.Gateway> sharing = sharing();
            session.down(reader ->
                    reader.snapshot(world.plans().stream().map(Plan::told).toList(), agents, sharing));
            tellAll(other -> {
                if (other != session) {
                    other.down(reader -> reader.gateways(sharing));
                }
            });
            return session;
        }

        private List<Shares.Gateway> sharing() {
            return sessions.values().stream()
                    .map(session -> new Shares.Gateway(session.gateway.id(), session.gateway.zone()))
                    .toList();
        }

        private void detach(Session session) {
            String id = session.gateway.id();
            if (!sessions.remove(id, session)) {
                return;
            }
            List<Shares.Gateway> sharing = sharing();
            tellAll(other -> other.down(reader -> reader.gateways(sharing)));
            Set<String> known = new HashSet<>();
            reachable.forEach((uid, gateways) -> {
                if (gateways.remove(id)) {
                    known.add(uid);
                }
            });
            unreachable.values().forEach(gateways -> gateways.remove(id));
            known.forEach(this::judgeReach);
            demand.forget(id);
        }

        private void tellAll(Consumer<Session> what) {
            sessions.values().forEach(what);
        }

        private void heard(String gateway, List<AgentState> states) {
            for (AgentState state : states) {
                AgentPod pod = byUid.get(state.getPodUid());
                if (pod != null) {
                    heard(gateway, pod, state);
                }
            }
        }

        private void heard(String gateway, AgentPod pod, AgentState state) {
            String uid = pod.uid();
            Set<String> reach = reachable.computeIfAbsent(uid, key -> new HashSet<>(4));
            Set<String> reachNot = unreachable.computeIfAbsent(uid, key -> new HashSet<>(2));
            Heard before = heard.get(uid);
            AgentPhase phase = phase(state);
            if (state.getUnreachable()) {
                reach.remove(gateway);
                reachNot.add(gateway);
                if (before == null && phase != AgentPhase.Unknown) {
                    heard.put(uid, new Heard(phase, time.instant(), state.getCallsServed()));
                }
            } else {
                reach.add(gateway);
                reachNot.remove(gateway);
                if (!pod.everReady()) {
                    put(pod.onceReady());
                }
                boolean same = before != null && before.phase() == phase && before.served() == state.getCallsServed();
                if (!same) {
                    heard.put(uid, new Heard(phase, time.instant(), state.getCallsServed()));
                    if (phase == AgentPhase.Idle && able.add(uid)) {
                        Memory memory = memory(pod.pool());
                        memory.starts = memory.starts.seen(pod.created(), time.instant(), watched);
                    }
                    nudge(pod.pool());
                }
            }
            judgeReach(uid);
        }

        private void judgeReach(String uid) {
            boolean lost = reachable.getOrDefault(uid, Set.of()).isEmpty()
                    && !unreachable.getOrDefault(uid, Set.of()).isEmpty();
            if (lost) {
                unreached.putIfAbsent(uid, time.instant());
            } else {
                unreached.remove(uid);
            }
        }

        private static AgentPhase phase(AgentState state) {
            return switch (state.getPhase()) {
                case PHASE_STARTING, PHASE_PREPARING -> AgentPhase.Preparing;
                case PHASE_IDLE -> AgentPhase.Idle;
                case PHASE_OFFERED, PHASE_ACTIVE, PHASE_WRAPPING, PHASE_RESETTING -> AgentPhase.Busy;
                case PHASE_RETIRING -> AgentPhase.Retiring;
                case PHASE_UNSPECIFIED, UNRECOGNIZED -> AgentPhase.Unknown;
            };
        }

        private void news(Session from, List<News> told) {
            for (News news : told) {
                later(network.write(), () -> {
                    world.records().write(news);
                    from.down(reader -> reader.acknowledged(news));
                });
            }
        }

        // Pools.

        private void nudge(PoolKey pool) {
            Memory memory = memory(pool);
            if (!memory.nudged) {
                memory.nudged = true;
                later(world.shape().gathered().toNanos(), () -> {
                    memory.nudged = false;
                    long begun = System.nanoTime();
                    reconcile(world.plan(pool), memory);
                    world.planned(System.nanoTime() - begun);
                });
            }
        }

        private void reconcile(Plan plan, Memory memory) {
            forgetUnshown(memory);
            int target = target(plan, memory);
            PoolPlan decided = PoolPlan.decide(observed(plan, memory, target));
            plan.targetWritten = target;
            decided.delete().forEach(this::delete);
            decided.giveUp().forEach(given -> delete(given.pod()));
            create(plan, decided.create());
            for (AgentPod pod : decided.retire()) {
                if (world.shape().broken() == Shape.Broken.OPERATOR_DELETES_BUSY) {
                    memory.pods.values().stream()
                            .filter(other -> phaseOf(other) == AgentPhase.Busy && !other.deleting())
                            .limit(1)
                            .toList()
                            .forEach(this::delete);
                }
                ask(pod);
            }
            decided.mark()
                    .forEach(pod -> later(network.write(), () -> world.cluster().label(pod, true)));
            decided.unmark()
                    .forEach(pod -> later(network.write(), () -> world.cluster().label(pod, false)));
        }

        private AgentPhase phaseOf(AgentPod pod) {
            Heard told = heard.get(pod.uid());
            return told == null ? AgentPhase.Unknown : told.phase();
        }

        private void forgetUnshown(Memory memory) {
            Instant oldest = time.instant().minus(SHOWN_WITHIN);
            for (String uid : List.copyOf(awaited.keySet())) {
                if (memory.pods.containsKey(uid)
                        && Objects.requireNonNull(awaited.get(uid)).isBefore(oldest)) {
                    gone(uid);
                }
            }
        }

        private int target(Plan plan, Memory memory) {
            memory.meter = memory.meter.at(time.seconds());
            Load load = memory.meter.load();
            int others = world.plans().stream()
                    .filter(other -> other != plan && other.key.namespace().equals(plan.key.namespace()))
                    .mapToInt(other -> memory(other.key).pods.size())
                    .sum();
            Bounds bounds = new Bounds(
                    false, plan.min, 0, NamespaceLimit.most(plan.max, others, NamespaceLimit.PODS, false), BLOCKING);
            Size now = SizingRule.size(load, bounds, memory.starts.p95() / 1000.0);
            Hold hold = memory.hold;
            if (hold.sizes().isEmpty() && plan.targetWritten > now.agents()) {
                hold = hold.with(time.seconds(), new Size(plan.targetWritten, SizingRule.Decider.ErlangB));
            }
            hold = hold.with(time.seconds(), now).since(time.seconds() - SCALE_DOWN_AFTER.toSeconds());
            memory.hold = hold;
            return SizingRule.clamp(hold.target(), bounds).agents();
        }

        private PoolPlan.Observed observed(Plan plan, Memory memory, int target) {
            Instant now = time.instant();
            List<dev.dialplane.operator.pool.Agent> agents = new ArrayList<>(memory.pods.size());
            for (AgentPod pod : memory.pods.values()) {
                Heard told = heard.get(pod.uid());
                Asked state = asked.get(pod.uid());
                boolean open = state instanceof Asked.Open
                        || state instanceof Asked.Refused(Instant askAgain) && askAgain.isAfter(now);
                agents.add(new dev.dialplane.operator.pool.Agent(
                        pod,
                        told == null ? AgentPhase.Unknown : told.phase(),
                        told == null ? pod.created() : told.since(),
                        told == null ? 0 : told.served(),
                        pod.revision().equals(plan.revision()),
                        false,
                        open,
                        state instanceof Asked.Agreed,
                        new Place(false, onNode.getOrDefault(pod.node(), 0))));
            }
            return new PoolPlan.Observed(
                    target,
                    agents,
                    (int) Math.ceil(target * MAX_SURGE),
                    0,
                    true,
                    new Spread.Everywhere(),
                    START_WITHIN,
                    EVICTABLE_AFTER,
                    now);
        }

        private void create(Plan plan, int wanted) {
            if (wanted == 0) {
                return;
            }
            CreationPaces.Granted granted = paces.take(plan.key.namespace(), wanted, PACE, time.instant());
            paces = granted.after();
            if (!granted.again().isZero()) {
                later(granted.again().toNanos(), () -> nudge(plan.key));
            }
            for (int i = 0; i < granted.pods(); i++) {
                AgentPod created = world.cluster().create(plan.key, plan.revision());
                awaited.put(created.uid(), time.instant());
                put(created);
            }
        }

        private void delete(AgentPod pod) {
            if (world.cluster().delete(pod, pod.life() == AgentPod.Life.Starting) && byUid.containsKey(pod.uid())) {
                put(pod.told());
            }
        }

        private void ask(AgentPod pod) {
            if (asking >= ASKED_AT_ONCE) {
                return;
            }
            asking++;
            asked.put(pod.uid(), new Asked.Open());
            askNext(pod, new ArrayDeque<>(reachable.getOrDefault(pod.uid(), Set.of())));
        }

        private void askNext(AgentPod pod, Deque<String> gateways) {
            String gateway = gateways.poll();
            Session session = gateway == null ? null : sessions.get(gateway);
            if (session == null) {
                if (gateway == null) {
                    answered(pod, false);
                } else {
                    askNext(pod, gateways);
                }
                return;
            }
            boolean[] over = new boolean[1];
            later(ANSWERED_WITHIN.toNanos(), () -> {
                if (!over[0]) {
                    over[0] = true;
                    askNext(pod, gateways);
                }
            });
            session.down(reader -> reader.retire(
                    pod.uid(),
                    answer -> session.up(() -> {
                        if (!over[0]) {
                            over[0] = true;
                            switch (answer) {
                                case RETIRING -> answered(pod, true);
                                case BUSY -> answered(pod, false);
                                case UNKNOWN, UNREACHABLE -> askNext(pod, gateways);
                            }
                        }
                    })));
        }

        private void answered(AgentPod pod, boolean agreed) {
            asking--;
            world.retired(agreed);
            if (byUid.containsKey(pod.uid())) {
                asked.put(
                        pod.uid(),
                        agreed
                                ? new Asked.Agreed()
                                : new Asked.Refused(time.instant().plus(ASK_AGAIN)));
            }
            nudge(pod.pool());
            if (!agreed) {
                later(ASK_AGAIN.toNanos() + 1_000_000, () -> nudge(pod.pool()));
            }
        }

        // Lost nodes.

        private void judgeLost() {
            Instant now = time.instant();
            for (int node : world.cluster().lostNodes()) {
                silent.putIfAbsent(node, now.plusSeconds(40));
            }
            if (silent.isEmpty()) {
                return;
            }
            for (AgentPod pod : List.copyOf(byUid.values())) {
                Instant since = silent.get(Cluster.nodeOf(pod));
                if (since == null || since.isAfter(now)) {
                    continue;
                }
                AgentPhase phase = phaseOf(pod);
                LossRule.Verdict verdict = LossRule.judge(
                        new LossRule.Evidence(
                                pod,
                                phase == AgentPhase.Busy || phase == AgentPhase.Unknown,
                                phase != AgentPhase.Unknown,
                                asked.get(pod.uid()) instanceof Asked.Agreed,
                                LossRule.NodeState.Silent,
                                since,
                                unreached.get(pod.uid()),
                                true),
                        new LossRule.Patience(LOST_AFTER, LONGEST_CALL),
                        now);
                switch (verdict) {
                    case LossRule.Verdict.Remove remove -> {
                        world.cluster().remove(pod);
                        put(pod.told());
                    }
                    case LossRule.Verdict.Stop stop -> delete(pod);
                    case LossRule.Verdict.Replace replace -> delete(pod);
                    case LossRule.Verdict.Keep keep -> {}
                    case LossRule.Verdict.Doubt doubt -> {}
                }
            }
        }
    }

    /** A gateway's stream. */
    final class Session {
        private final Life operator;
        private final SimulatedGateway.Process gateway;
        private final Pipe up;
        private final Pipe down;
        private boolean open = true;

        private Session(Life operator, SimulatedGateway.Process gateway) {
            this.operator = operator;
            this.gateway = gateway;
            up = new Pipe(time, network::control);
            down = new Pipe(time, network::control);
        }

        private void down(Consumer<SimulatedGateway.Reader> what) {
            if (open) {
                down.send(() -> {
                    if (open && gateway.alive()) {
                        what.accept(gateway);
                    }
                });
            }
        }

        private void up(Runnable arrival) {
            if (open) {
                up.send(() -> {
                    if (open && operator.there()) {
                        arrival.run();
                    }
                });
            }
        }

        void states(List<AgentState> states, boolean all) {
            up(() -> operator.heard(gateway.id(), states));
        }

        void demands(List<Demand> demands) {
            up(() -> demands.forEach(demand -> operator.demand.tell(gateway.id(), demand)));
        }

        void news(List<News> told) {
            up(() -> operator.news(this, told));
        }

        /** The operator is gone. */
        private void closed() {
            open = false;
            var unused = time.after(network.control(), () -> {
                if (gateway.alive()) {
                    gateway.detached();
                }
            });
        }

        /** The gateway is gone. */
        void broken() {
            open = false;
            var unused = time.after(network.control(), () -> {
                if (operator.there()) {
                    operator.detach(this);
                }
            });
        }
    }
}
