package dev.dialplane.gateway.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.quicktheories.QuickTheory.qt;
import static org.quicktheories.generators.SourceDSL.integers;
import static org.quicktheories.generators.SourceDSL.lists;

import dev.dialplane.contracts.agent.v1.Phase;
import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.common.v1.PoolRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Binding under any order of events: calls that come, repeat themselves, and go; agents that come, die, return, and tell old
 * news; pools that change and vanish; gateways that come and go; messages that are late, lost, or overtake one another. An
 * event is a number, so that a failing run shrinks to the few events that it takes. {@code QT_EXAMPLES} runs more.
 */
class BindingPropertyTest {
    private static final int EXAMPLES = Integer.parseInt(System.getenv().getOrDefault("QT_EXAMPLES", "150"));

    @Test
    void noAgentHoldsTwoCallsNoCallHasTwoAgentsEveryCallGetsOneOutcomeAndNothingIsLeft() {
        qt().withExamples(EXAMPLES)
                .withShrinkCycles(2_000)
                .forAll(lists().of(integers().between(0, 1_000_000)).ofSizeBetween(1, 120))
                .check(events -> new Run(events).violation() == null);
    }

    /** Runs that failed once. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "7,0,492,5,22587,6,14,4,4,0,1,0,10,0,23359,18,107337,3,55,0,0,52,1,16523,0,110",
                "0,0,0,0,0,0,0,3,31,0,0,52084",
                "0,0,0,0,0,0,0,76,31,0,1,52084,436",
            })
    void whatFailedOnceHolds(String events) {
        assertThat(new Run(Stream.of(events.split(",", -1))
                                .map(Integer::valueOf)
                                .toList())
                        .violation())
                .isNull();
    }

    /** One run. */
    private static final class Run {
        private static final List<PoolRef> POOLS = List.of(World.POOL, World.ref("backup"), World.ref("third"));

        private final World world = new World("gateway-1", "here", 2);
        private final SplittableRandom random;
        private final List<Integer> events;
        private double loss;
        private int slowest = 3;

        private final Map<String, BindRequest> requests = new HashMap<>();
        private final Map<String, List<CompletableFuture<BindOutcome>>> outcomes = new HashMap<>();
        private final Map<Fence, String> agentOf = new HashMap<>();
        private final Map<String, BindOutcome.Bound> latest = new HashMap<>();
        private final Set<String> removed = new HashSet<>();
        private @Nullable String violation;

        Run(List<Integer> events) {
            this.events = events;
            random = new SplittableRandom(events.hashCode());
        }

        @Nullable
        String violation() {
            for (int i = 0; i < POOLS.size(); i++) {
                world.binder.upsertPool(pool(i, false));
            }
            for (int event : events) {
                happen(event % 22, event / 22);
                world.pass(event % 7);
                held();
                if (violation != null) {
                    return told();
                }
            }
            end();
            return violation == null ? null : told();
        }

        /** The first is told: the others may follow from it. */
        private void violate(String what) {
            if (violation == null) {
                violation = what;
            }
        }

        private String told() {
            System.err.println(violation);
            return String.valueOf(violation);
        }

        private static dev.dialplane.contracts.control.v1.Pool pool(int which, boolean paused) {
            // Each overflows to the next: a cycle.
            return World.pool(POOLS.get(which))
                    .setPaused(paused)
                    .setQueueMaxWaitMs(which * 700)
                    .setOverflow(POOLS.get((which + 1) % POOLS.size()))
                    .build();
        }

        private void happen(int what, int arg) {
            switch (what) {
                case 0, 1, 2, 3 -> bind("call-" + requests.size(), POOLS.get(arg % POOLS.size()));
                case 4 -> call(arg).forEach(id -> again(request(id)));
                case 5 ->
                    call(arg)
                            .forEach(id -> world.binder.bind(World.request(
                                    id, request(id).attempt(), request(id).pool(), Map.of("n", "" + arg))));
                case 6 -> call(arg).forEach(id -> asked(id).getLast().cancel(false));
                case 7, 8, 9 -> join(arg);
                case 10 ->
                    agent(arg).forEach(a -> {
                        // The operator says so once the pod is gone.
                        a.dead(true);
                        removed.add(a.uid());
                        world.binder.removeAgent(a.uid());
                    });
                case 11 -> agent(arg).forEach(SimulatedAgent::breakWatches);
                case 12 -> agent(arg).forEach(SimulatedAgent::repeatState);
                case 13 -> agent(arg).forEach(a -> a.dead(arg % 3 > 0));
                case 14, 15 -> world.agents.values().forEach(SimulatedAgent::hangUp);
                case 16 -> converse();
                case 17 -> world.binder.upsertPool(pool(arg % POOLS.size(), arg % 5 == 0));
                case 18 -> {
                    world.binder.removePool(POOLS.get(arg % POOLS.size()));
                    if (arg % 2 == 0) {
                        world.binder.upsertPool(pool(arg % POOLS.size(), false));
                    }
                }
                case 19 -> {
                    List<Shares.Gateway> gateways = new ArrayList<>();
                    for (int i = 0; i < arg % 6; i++) {
                        gateways.add(new Shares.Gateway("gateway-" + i, i % 2 == 0 ? "here" : "there"));
                    }
                    world.binder.share(gateways);
                }
                case 20 -> world.pass(arg % 3_000);
                case 21 -> {
                    loss = arg % 4 == 0 ? 0.3 : 0;
                    slowest = 1 + arg % 400;
                }
                default -> throw new IllegalStateException("no event " + what);
            }
        }

        private BindRequest request(String callId) {
            return Objects.requireNonNull(requests.get(callId));
        }

        private List<CompletableFuture<BindOutcome>> asked(String callId) {
            return Objects.requireNonNull(outcomes.get(callId));
        }

        private List<String> call(int arg) {
            return requests.isEmpty() ? List.of() : List.of("call-" + arg % requests.size());
        }

        private List<SimulatedAgent> agent(int arg) {
            List<SimulatedAgent> all = List.copyOf(world.agents.values());
            return all.isEmpty() ? List.of() : List.of(all.get(arg % all.size()));
        }

        private @Nullable Duration carry() {
            return random.nextDouble() < loss ? null : Duration.ofMillis(random.nextInt(slowest));
        }

        private void join(int arg) {
            String uid = "agent-" + arg % 12;
            SimulatedAgent agent = world.agents.get(uid);
            if (agent == null) {
                agent = new SimulatedAgent(
                        world.loop,
                        this::carry,
                        uid,
                        POOLS.get(arg % POOLS.size()),
                        arg % 2 == 0 ? "here" : "there",
                        arg % 5 == 0);
            }
            agent.dead(false);
            removed.remove(uid);
            world.join(agent);
        }

        private void bind(String callId, PoolRef pool) {
            BindRequest request = World.request(callId, 1, pool);
            requests.put(callId, request);
            outcomes.put(callId, new ArrayList<>());
            again(request);
        }

        private void again(BindRequest request) {
            String callId = request.callId();
            CompletableFuture<BindOutcome> outcome = world.binder.bind(request);
            asked(callId).add(outcome);
            outcome.thenAccept(how -> {
                if (how instanceof BindOutcome.Bound bound) {
                    bound(callId, bound);
                }
            });
        }

        private void bound(String callId, BindOutcome.Bound bound) {
            if (!bound.fence().getCallId().equals(callId)) {
                violate(callId + " was given the agent of " + bound.fence().getCallId());
            }
            String other = agentOf.put(bound.fence(), bound.podUid());
            if (other != null && !other.equals(bound.podUid())) {
                violate(callId + " has two agents in one attempt: " + other + " and " + bound.podUid());
            }
            if (!world.agent(bound.podUid()).accepted.contains(bound.fence())) {
                violate(bound.podUid() + " never accepted " + callId);
            }
            BindOutcome.Bound former = latest.put(callId, bound);
            if (former != null && !former.fence().equals(bound.fence())) {
                SimulatedAgent before = world.agent(former.podUid());
                if (former.fence().equals(before.fence()) && before.phase() == Phase.PHASE_ACTIVE) {
                    violate(callId + " is in progress with " + former.podUid() + " and was given " + bound.podUid());
                }
            }
        }

        /** The calls that were given an agent begin. */
        private void converse() {
            latest.values().forEach(bound -> world.agent(bound.podUid()).converse(bound.fence()));
        }

        private void held() {
            Map<String, String> active = new HashMap<>();
            for (SimulatedAgent agent : world.agents.values()) {
                Fence fence = agent.fence();
                if (agent.phase() == Phase.PHASE_ACTIVE && fence != null) {
                    String other = active.put(fence.getCallId(), agent.uid());
                    if (other != null) {
                        violate(fence.getCallId() + " is held by " + other + " and " + agent.uid());
                    }
                }
            }
        }

        /** Calm: everybody who waits gets an outcome, agents become idle, and what is left can be counted. */
        private void end() {
            loss = 0;
            slowest = 3;
            world.pass(30_000);
            outcomes.forEach((callId, asked) -> asked.forEach(outcome -> {
                if (!outcome.isDone()) {
                    violate(callId + " got no outcome");
                }
            }));
            if (world.held().getFirst() != 0) {
                violate(world.held().getFirst() + " searches are left");
            }
            var demands = world.binder.demands();
            world.loop.settle();
            demands.join().forEach(demand -> {
                if (demand.getWaiting() != 0) {
                    violate(demand.getWaiting() + " wait for "
                            + demand.getPool().getName() + " for ever");
                }
            });
            converse();
            world.pass(100);
            world.agents.values().forEach(SimulatedAgent::hangUp);
            world.agents.values().forEach(a -> a.dead(false));
            world.pass(60_000);
            if (world.held().get(1) != 0) {
                violate(world.held().get(1) + " bindings are left");
            }
            whoeverIsIdleIsFound();
            world.binder.close();
            world.pass(60_000);
            if (world.loop.waiting() != 0) {
                violate(world.loop.waiting() + " timers are left");
            }
            if (world.agents.values().stream().anyMatch(a -> a.connected() > 0)) {
                violate("connections are left");
            }
        }

        private void whoeverIsIdleIsFound() {
            for (int i = 0; i < POOLS.size(); i++) {
                world.binder.upsertPool(World.pool(POOLS.get(i)).build());
            }
            world.pass(30_000);
            for (PoolRef pool : POOLS) {
                long idle = world.agents.values().stream()
                        .filter(a -> !removed.contains(a.uid())
                                && a.address().getPool().equals(pool)
                                && a.phase() == Phase.PHASE_IDLE)
                        .count();
                List<CompletableFuture<BindOutcome>> calls = new ArrayList<>();
                for (int n = 0; n < idle; n++) {
                    calls.add(world.binder.bind(World.request("last-" + pool.getName() + n, 1, pool)));
                    world.pass(600);
                }
                world.pass(3_000);
                for (CompletableFuture<BindOutcome> call : calls) {
                    if (!(call.join() instanceof BindOutcome.Bound)) {
                        violate("an idle agent of " + pool.getName() + " is not found: " + call.join());
                    }
                }
            }
        }
    }
}
