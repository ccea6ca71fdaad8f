package dev.dialplane.e2e.simulation;

import dev.dialplane.contracts.agent.v1.CallSummary;
import dev.dialplane.contracts.agent.v1.OfferKind;
import dev.dialplane.contracts.common.v1.AudioFormat;
import dev.dialplane.contracts.common.v1.CarrierCapabilities;
import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.common.v1.Direction;
import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.contracts.control.v1.AgentAddress;
import dev.dialplane.contracts.control.v1.AgentState;
import dev.dialplane.contracts.control.v1.Demand;
import dev.dialplane.contracts.control.v1.Pool;
import dev.dialplane.gateway.binding.AgentConnection;
import dev.dialplane.gateway.binding.BindOutcome;
import dev.dialplane.gateway.binding.BindRequest;
import dev.dialplane.gateway.binding.Binder;
import dev.dialplane.gateway.binding.BindingListener;
import dev.dialplane.gateway.binding.BindingSettings;
import dev.dialplane.gateway.binding.SearchEnd;
import dev.dialplane.gateway.binding.Shares;
import dev.dialplane.gateway.loop.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A gateway without carriers and audio: its binder is the real one. What it has on disk outlives its process: what it last
 * heard of pools and agents, the calls that it answered, and what it has not been able to tell yet.
 */
final class SimulatedGateway {
    /** As the product's configuration has it. */
    private static final int OTHERS = 32;

    private static final int PREPARATIONS = 16;
    private static final Duration LIVE_EXPIRY = Duration.ofSeconds(5);
    private static final Duration RESERVED = Duration.ofSeconds(20);
    /** The agents' grace, and what the product waits beyond it for a summary. */
    private static final Duration SUMMARY_WITHIN = Duration.ofSeconds(20);

    private static final int TRIES = 3;

    private final Simulation world;
    final String id;
    final String zone;

    // On disk.
    private final Map<String, News> journal = new LinkedHashMap<>();
    /** By call. */
    private final Map<String, News> answered = new LinkedHashMap<>();

    private final Map<PoolRef, Pool> pools = new LinkedHashMap<>();
    private final Map<String, AgentAddress> agents = new LinkedHashMap<>();
    private List<Shares.Gateway> sharing = List.of();

    private @Nullable Process process;

    SimulatedGateway(Simulation world, String id, String zone) {
        this.world = world;
        this.id = id;
        this.zone = zone;
    }

    @Nullable
    Process process() {
        return process;
    }

    void start() {
        Process fresh = new Process();
        process = fresh;
        fresh.start();
    }

    /** Its process ends at once: streams break, lines drop. */
    void kill() {
        Process gone = process;
        process = null;
        if (gone != null) {
            gone.die();
        }
    }

    void forgetWhatIsOnDisk() {
        journal.clear();
        answered.clear();
    }

    int untold() {
        return journal.size();
    }

    /** What the operator sends, in order, for as long as the stream lasts. */
    interface Reader {
        void snapshot(List<Pool> pools, List<AgentAddress> agents, List<Shares.Gateway> gateways);

        void pool(Pool pool);

        void agent(AgentAddress agent);

        void agentGone(String podUid);

        void gateways(List<Shares.Gateway> gateways);

        void acknowledged(News news);

        /** An order; its answer goes back to the operator. */
        void retire(String podUid, Consumer<Binder.Retirement> answer);
    }

    /** One life of it. */
    final class Process implements BindingListener, Reader {
        private final Set<Agent.Wire> wires = new HashSet<>();
        private final Map<String, Line> lines = new LinkedHashMap<>();
        /** Announced by a webhook, and their media has not come here. */
        private final Map<String, Caller> ringing = new HashMap<>();

        private final Map<Fence, News> lost = new HashMap<>();
        private final Map<String, AgentState> changedAgents = new LinkedHashMap<>();
        private final Map<PoolRef, Demand> changedDemand = new LinkedHashMap<>();
        private final Set<String> untold = new LinkedHashSet<>();
        private final Loop loop = new OneThread();
        private final Binder binder;
        private SimulatedOperator.@Nullable Session session;
        private boolean flushing;
        private boolean alive = true;

        private Process() {
            binder = new Binder(
                    new BindingSettings(
                            id,
                            id,
                            zone,
                            Duration.ofMillis(300),
                            Duration.ofSeconds(3),
                            Duration.ofSeconds(10),
                            PREPARATIONS,
                            OTHERS),
                    world.tokens(),
                    loop,
                    this::connect,
                    world.time()::instant,
                    this);
        }

        String id() {
            return id;
        }

        String zone() {
            return zone;
        }

        Loop loop() {
            return loop;
        }

        boolean alive() {
            return alive;
        }

        /** Whether it knows pools and agents, as its readiness tells whoever spreads calls. */
        boolean informed() {
            return !pools.isEmpty();
        }

        int linked() {
            return binder.linked();
        }

        int calls() {
            return lines.size();
        }

        private void start() {
            binder.share(sharing);
            binder.replaceAll(List.copyOf(pools.values()), List.copyOf(agents.values()));
            answered.values().forEach(news -> lost.put(news.fence(), news));
            if (!lost.isEmpty()) {
                binder.follow(lost.values().stream().map(News::podUid).toList(), SUMMARY_WITHIN);
                later(
                        SUMMARY_WITHIN.toNanos(),
                        () -> List.copyOf(lost.values()).forEach(news -> lostCallEnds(news, Cause.CAUSE_GATEWAY_LOST)));
            }
            attach();
        }

        private void die() {
            alive = false;
            List.copyOf(wires).forEach(Agent.Wire::abandon);
            SimulatedOperator.Session attached = session;
            if (attached != null) {
                attached.broken();
            }
            List.copyOf(lines.values()).forEach(Line::dropped);
            ringing.values().forEach(caller -> world.orphaned(caller));
        }

        /** On its binding loop, unless it is gone by then. */
        void later(long nanos, Runnable work) {
            var unused = world.time().after(nanos, () -> onLoop(work));
        }

        private void onLoop(Runnable work) {
            if (alive) {
                long begun = System.nanoTime();
                work.run();
                world.loopTask(System.nanoTime() - begun);
            }
        }

        private final class OneThread implements Loop {
            @Override
            public void execute(Runnable task) {
                later(0, task);
            }

            @Override
            public Future<?> after(Duration delay, Runnable task) {
                return world.time().after(delay.toNanos(), () -> onLoop(task));
            }

            @Override
            public long nanos() {
                return world.time().nanos();
            }
        }

        private AgentConnection connect(AgentAddress address) {
            AgentConnection wire = world.agentAt(address.getPodUid()).connect(this);
            wires.add((Agent.Wire) wire);
            world.connectionOpened();
            return wire;
        }

        void closed(Agent.Wire wire) {
            wires.remove(wire);
        }

        // The operator.

        private void attach() {
            SimulatedOperator operator = world.operator();
            later(world.network().control(), () -> {
                session = operator.attach(this);
                if (session == null) {
                    later(world.network().between(250, 1_000), this::attach);
                    return;
                }
                untold.clear();
                untold.addAll(journal.keySet());
                var unused = binder.states().thenAccept(states -> {
                    if (session != null) {
                        session.states(states, true);
                    }
                });
                var too = binder.demands().thenAccept(demands -> {
                    demands.forEach(demand -> changedDemand.put(demand.getPool(), demand));
                    flushSoon();
                });
            });
        }

        /** The stream to the operator broke. */
        void detached() {
            session = null;
            later(world.network().between(250, 1_000), this::attach);
        }

        private void flushSoon() {
            if (!flushing) {
                flushing = true;
                later(world.network().between(1, 5), () -> {
                    flushing = false;
                    flush();
                });
            }
        }

        private void flush() {
            SimulatedOperator.Session to = session;
            if (to == null) {
                return;
            }
            if (!changedAgents.isEmpty()) {
                to.states(List.copyOf(changedAgents.values()), false);
                changedAgents.clear();
            }
            if (!changedDemand.isEmpty()) {
                to.demands(List.copyOf(changedDemand.values()));
                changedDemand.clear();
            }
            List<News> told = new ArrayList<>();
            for (String event : untold) {
                News news = journal.get(event);
                if (news != null) {
                    told.add(news);
                }
            }
            untold.clear();
            if (!told.isEmpty()) {
                to.news(told);
            }
        }

        private void tell(News news) {
            journal.put(news.id(), news);
            untold.add(news.id());
            flushSoon();
        }

        @Override
        public void snapshot(List<Pool> allPools, List<AgentAddress> allAgents, List<Shares.Gateway> gateways) {
            pools.clear();
            allPools.forEach(pool -> pools.put(pool.getRef(), pool));
            agents.clear();
            allAgents.forEach(agent -> agents.put(agent.getPodUid(), agent));
            sharing = gateways;
            binder.share(gateways);
            binder.replaceAll(allPools, allAgents);
        }

        @Override
        public void pool(Pool pool) {
            pools.put(pool.getRef(), pool);
            binder.upsertPool(pool);
        }

        @Override
        public void agent(AgentAddress agent) {
            agents.put(agent.getPodUid(), agent);
            binder.upsertAgent(agent);
        }

        @Override
        public void agentGone(String podUid) {
            agents.remove(podUid);
            changedAgents.remove(podUid);
            binder.removeAgent(podUid);
        }

        @Override
        public void gateways(List<Shares.Gateway> gateways) {
            sharing = gateways;
            binder.share(gateways);
        }

        @Override
        public void acknowledged(News news) {
            journal.remove(news.id());
        }

        @Override
        public void retire(String podUid, Consumer<Binder.Retirement> answer) {
            var unused = binder.retire(podUid, "the pool has it replaced, or needs fewer")
                    .thenAccept(answer);
        }

        // What the binder tells.

        @Override
        public void agentChanged(AgentState state) {
            changedAgents.put(state.getPodUid(), state);
            flushSoon();
        }

        @Override
        public void demandChanged(Demand demand) {
            changedDemand.put(demand.getPool(), demand);
            flushSoon();
        }

        @Override
        public void summaryWaits(String podUid, CallSummary summary) {
            News before = lost.get(summary.getFence());
            if (before != null) {
                lostCallEnds(before, summary.getCause());
                binder.acknowledgeSummary(podUid, summary.getFence());
            }
        }

        @Override
        public void searched(long nanos, SearchEnd end) {
            world.searched(end);
        }

        @Override
        public void offered(long nanos, String answer) {
            world.offered(answer);
        }

        /** A call of the process before this one. */
        private void lostCallEnds(News before, Cause cause) {
            lost.remove(before.fence());
            answered.remove(before.fence().getCallId());
            tell(new News(
                    id,
                    before.fence(),
                    before.seq() + 1,
                    before.carrierCallId(),
                    before.podUid(),
                    News.What.ENDED,
                    cause));
        }

        // Calls.

        /** A caller's media is there. */
        void take(Caller caller) {
            Line line = new Line(caller, 1);
            line.search(LIVE_EXPIRY);
        }

        /** A webhook asks for an agent while the caller hears it ring. */
        void reserve(Caller caller) {
            long since = world.time().nanos();
            ringing.put(caller.carrierCallId, caller);
            var unused = binder.bind(request(caller, 1, OfferKind.OFFER_KIND_RESERVE, RESERVED))
                    .thenAccept(how -> {
                        if (how instanceof BindOutcome.Bound bound) {
                            world.bound(caller, since, bound.fence().getAttempt());
                            binder.count(bound.pool(), 1, 0, 0);
                            world.rings(caller, bound.fence(), bound.podUid(), this);
                            later(RESERVED.plusSeconds(1).toNanos(), () -> expire(caller, bound));
                        } else if (how instanceof BindOutcome.Refused refused) {
                            Fence fence = fence(caller, 1);
                            ringing.remove(caller.carrierCallId);
                            tell(refusal(caller, fence, refused.cause()));
                            world.lineDown(caller, false);
                        }
                    });
        }

        private void expire(Caller caller, BindOutcome.Bound bound) {
            if (ringing.remove(caller.carrierCallId) == null) {
                return;
            }
            binder.count(bound.pool(), -1, 0, 0);
            var unused = binder.wasTakenUp(bound.podUid(), bound.fence()).thenAccept(elsewhere -> {
                if (!elsewhere) {
                    tell(refusal(caller, bound.fence(), Cause.CAUSE_ABANDONED));
                }
            });
        }

        /** The media of a call that was reserved, here or at another gateway, comes here. */
        void media(Caller caller, Fence fence, String podUid) {
            if (ringing.remove(caller.carrierCallId) != null) {
                binder.count(caller.pool, -1, 0, 0);
            }
            Line line = new Line(caller, fence.getAttempt());
            line.confirm(fence, podUid);
        }

        private BindRequest request(Caller caller, int attempt, OfferKind kind, Duration expiry) {
            return new BindRequest(
                    caller.carrierCallId,
                    attempt,
                    caller.pool,
                    kind,
                    new BindRequest.Terms(
                            Direction.DIRECTION_INBOUND,
                            CarrierCapabilities.getDefaultInstance(),
                            AudioFormat.getDefaultInstance(),
                            AudioFormat.getDefaultInstance(),
                            Map.of(),
                            Duration.ofSeconds(10)),
                    Duration.ofSeconds(8),
                    expiry);
        }

        private News refusal(Caller caller, Fence fence, Cause cause) {
            return new News(id, fence, 1, caller.carrierCallId, "", News.What.REFUSED, cause);
        }
    }

    private static Fence fence(Caller caller, int attempt) {
        return Fence.newBuilder()
                .setCallId(caller.carrierCallId)
                .setAttempt(attempt)
                .build();
    }

    private enum Stage {
        SEARCHING,
        OPENING,
        TALKING,
        ENDING,
        OVER
    }

    /** The carrier's side of one call. */
    final class Line implements Agent.Talk {
        private final Process here;
        private final Caller caller;
        private Stage stage = Stage.SEARCHING;
        private Fence fence;
        private int tries;
        private boolean wasAnswered;
        private @Nullable CompletableFuture<? extends @Nullable Object> asked;
        private BindOutcome.@Nullable Bound bound;

        private Line(Caller caller, int attempt) {
            Process present = process;
            if (present == null) {
                throw new IllegalStateException(id + " has no process");
            }
            here = present;
            this.caller = caller;
            fence = fence(caller, attempt);
            caller.line = this;
            here.lines.put(caller.carrierCallId, this);
        }

        private void search(Duration expiry) {
            stage = Stage.SEARCHING;
            long since = world.time().nanos();
            boolean first = tries++ == 0 && !wasAnswered;
            CompletableFuture<BindOutcome> search =
                    here.binder.bind(here.request(caller, fence.getAttempt(), OfferKind.OFFER_KIND_LIVE, expiry));
            asked = search;
            var unused = search.thenAccept(how -> {
                switch (how) {
                    case BindOutcome.Bound found -> {
                        if (first) {
                            world.bound(caller, since, found.fence().getAttempt());
                        }
                        open(found);
                    }
                    case BindOutcome.Refused refused -> refuse(refused.cause());
                    case BindOutcome.Conflict conflict -> throw new IllegalStateException(conflict.toString());
                }
            });
        }

        private void confirm(Fence reserved, String podUid) {
            CompletableFuture<BindOutcome.@Nullable Bound> confirmation = here.binder.confirm(
                    here.request(caller, reserved.getAttempt(), OfferKind.OFFER_KIND_LIVE, LIVE_EXPIRY),
                    reserved,
                    podUid);
            asked = confirmation;
            tries++;
            var unused = confirmation.thenAccept(found -> {
                if (found != null) {
                    open(found);
                } else {
                    again();
                }
            });
        }

        private void open(BindOutcome.Bound found) {
            bound = found;
            fence = found.fence();
            stage = Stage.OPENING;
            here.binder.count(found.pool(), 0, 1, 0);
            Agent agent = world.agentAt(found.podUid());
            var unused = world.time().after(world.network().message(), () -> agent.open(found.fence(), this));
            if (world.shape().broken() == Shape.Broken.CALLS_GO_TO_TWO
                    && world.network().chance(0.05)) {
                callAnotherToo();
            }
        }

        private void callAnotherToo() {
            var unused = here.binder
                    .bind(here.request(caller, fence.getAttempt() + 1, OfferKind.OFFER_KIND_LIVE, LIVE_EXPIRY))
                    .thenAccept(how -> {
                        if (how instanceof BindOutcome.Bound second) {
                            Agent agent = world.agentAt(second.podUid());
                            agent.open(second.fence(), this);
                        }
                    });
        }

        @Override
        public boolean there() {
            return here.alive && stage != Stage.OVER;
        }

        @Override
        public void opened() {
            if (stage != Stage.OPENING) {
                return;
            }
            stage = Stage.TALKING;
            News news = new News(
                    id,
                    fence,
                    1,
                    caller.carrierCallId,
                    pod(),
                    wasAnswered ? News.What.MOVED : News.What.ANSWERED,
                    null);
            wasAnswered = true;
            answered.put(caller.carrierCallId, news);
            here.tell(news);
            if (caller.over) {
                hangUp();
            }
        }

        @Override
        public void notOpened() {
            if (stage == Stage.OPENING) {
                letGo();
                again();
            }
        }

        @Override
        public void broken() {
            switch (stage) {
                case OPENING, TALKING -> {
                    letGo();
                    tries = 0;
                    again();
                }
                case ENDING -> {
                    letGo();
                    end(Cause.CAUSE_CALLER_HUNG_UP);
                }
                case SEARCHING, OVER -> {}
            }
        }

        /** Another agent. */
        private void again() {
            if (caller.over) {
                abandon();
            } else if (tries > TRIES) {
                refuse(Cause.CAUSE_AGENT_LOST);
            } else {
                fence = fence(caller, fence.getAttempt() + 1);
                search(LIVE_EXPIRY);
            }
        }

        private void letGo() {
            BindOutcome.Bound had = bound;
            bound = null;
            if (had != null) {
                here.binder.count(had.pool(), 0, -1, 1);
            }
        }

        /** The caller hangs up. */
        void hangUp() {
            switch (stage) {
                case SEARCHING -> {
                    if (asked != null) {
                        asked.cancel(false);
                    }
                    abandon();
                }
                case TALKING -> {
                    stage = Stage.ENDING;
                    Agent agent = world.agentAt(pod());
                    Fence of = fence;
                    var unused = world.time()
                            .after(world.network().message(), () -> agent.hangUp(of, Cause.CAUSE_CALLER_HUNG_UP));
                }
                case OPENING, ENDING, OVER -> {}
            }
        }

        private void abandon() {
            if (wasAnswered) {
                end(Cause.CAUSE_CALLER_HUNG_UP);
            } else {
                over();
                here.tell(here.refusal(caller, fence, Cause.CAUSE_ABANDONED));
            }
        }

        private void refuse(Cause cause) {
            if (stage == Stage.OVER) {
                return;
            }
            if (wasAnswered) {
                world.lineDown(caller, false);
                end(Cause.CAUSE_AGENT_LOST);
            } else {
                over();
                here.tell(here.refusal(caller, fence, cause));
                world.lineDown(caller, false);
            }
        }

        @Override
        public void summary(CallSummary summary) {
            if (stage == Stage.ENDING) {
                Agent agent = world.agentAt(pod());
                letGo();
                end(summary.getCause());
                var unused = world.time().after(world.network().message(), () -> agent.taken(summary.getFence()));
            }
        }

        private void end(Cause cause) {
            News last = answered.remove(caller.carrierCallId);
            over();
            here.tell(new News(
                    id,
                    last == null ? fence : last.fence(),
                    2,
                    caller.carrierCallId,
                    last == null ? "" : last.podUid(),
                    News.What.ENDED,
                    cause));
        }

        private void over() {
            stage = Stage.OVER;
            here.lines.remove(caller.carrierCallId);
            caller.line = null;
        }

        /** Its gateway is gone, and with it the carrier's socket: the caller is cut off. */
        private void dropped() {
            BindOutcome.Bound had = bound;
            stage = Stage.OVER;
            caller.line = null;
            world.lineDown(caller, true);
            if (had != null) {
                Agent agent = world.agentAt(had.podUid());
                var unused = world.time().after(world.network().message(), () -> agent.streamBroke(this));
            }
        }

        private String pod() {
            BindOutcome.Bound had = bound;
            if (had == null) {
                throw new IllegalStateException("call " + caller.carrierCallId + " has no agent");
            }
            return had.podUid();
        }
    }
}
