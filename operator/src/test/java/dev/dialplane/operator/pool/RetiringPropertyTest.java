package dev.dialplane.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.quicktheories.QuickTheory.qt;
import static org.quicktheories.generators.SourceDSL.integers;
import static org.quicktheories.generators.SourceDSL.lists;

import dev.dialplane.operator.pool.AgentPod.Life;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Planning under any order of events: agents whose states are told late, twice, out of order or never; pods that the cache
 * shows late; answers that take their time; targets and revisions that change meanwhile. An event is a number, so that a
 * failing run shrinks to the few events that it takes. {@code QT_EXAMPLES} runs more.
 */
class RetiringPropertyTest {

    private static final int EXAMPLES = Integer.parseInt(System.getenv().getOrDefault("QT_EXAMPLES", "400"));
    private static final Instant BEGIN = Instant.parse("2026-11-22T12:00:00Z");
    private static final PoolKey POOL = new PoolKey("default", "receptionist");

    @Test
    void nobodyWhoTalksIsDeletedBoundsHoldAndItEndsAsItShould() {
        qt().withExamples(EXAMPLES)
                .withShrinkCycles(2_000)
                .forAll(lists().of(integers().between(0, 1_000_000)).ofSizeBetween(1, 200))
                .check(events -> new Run(events).violation() == null);
    }

    /** Runs that failed once, with a rule broken on purpose. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0,0",
                "0,0,0,0,0,0,3",
                "0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,109",
                "0,0,0,0,0,0,0,0,0,0,4,0,0,0,0,0,0,0,7,3,0",
            })
    void whatFailedOnceHolds(String events) {
        assertThat(new Run(Stream.of(events.split(",", -1))
                                .map(Integer::valueOf)
                                .toList())
                        .violation())
                .isNull();
    }

    @Test
    void aHigherTargetNeverMeansFewerAgents() {
        qt().withExamples(EXAMPLES)
                .withShrinkCycles(2_000)
                .forAll(
                        lists().of(integers().between(0, 1_000_000)).ofSizeBetween(0, 40),
                        integers().between(0, 40),
                        integers().between(0, 20),
                        integers().between(0, 10))
                .check((drawn, target, more, surge) -> {
                    List<Agent> agents = new ArrayList<>();
                    for (int number : drawn) {
                        agents.add(anyAgent("a" + agents.size(), number));
                    }
                    PoolPlan less =
                            PoolPlan.decide(observed(target, agents, surge, 0, true, new Spread.Everywhere(), BEGIN));
                    PoolPlan greater = PoolPlan.decide(
                            observed(target + more, agents, surge, 0, true, new Spread.Everywhere(), BEGIN));
                    return greater.create() >= less.create()
                            && greater.retire().size() <= less.retire().size()
                            && greater.delete().size() <= less.delete().size();
                });
    }

    @Test
    void podsAreCreatedNoFasterThanTheBucketFills() {
        CreationPace.Limit limit = new CreationPace.Limit(30, 100);
        qt().withExamples(EXAMPLES)
                .withShrinkCycles(2_000)
                .forAll(lists().of(integers().between(0, 100_000)).ofSizeBetween(1, 100))
                .check(steps -> {
                    CreationPace pace = CreationPace.rested(limit, BEGIN);
                    Instant now = BEGIN;
                    long created = 0;
                    for (int step : steps) {
                        now = now.plusMillis(step % 1_000);
                        // Another thread's clock reading may come a little late.
                        Instant read = step % 7 == 0 ? now.minusMillis(200) : now;
                        CreationPace.Granted granted = pace.take(step / 1_000, limit, read);
                        pace = granted.after();
                        created += granted.pods();
                        double filled = 100 + 30 * Duration.between(BEGIN, now).toMillis() / 1000.0;
                        if (granted.pods() < 0 || granted.pods() > step / 1_000 || created > filled + 1e-6) {
                            return false;
                        }
                    }
                    return true;
                });
    }

    private static Agent anyAgent(String name, int number) {
        Life life = Life.values()[number % 4];
        AgentPhase phase = AgentPhase.values()[number / 4 % 5];
        boolean current = number / 20 % 3 > 0;
        boolean asked = number / 60 % 4 == 0;
        return agent(pod(name, "r", life, 1, BEGIN), phase, BEGIN, current, asked, false, number / 240 % 5 == 0);
    }

    // All that is built of the plan's inputs is built here.

    private static PoolPlan.Observed observed(
            int target, List<Agent> agents, int surge, int unavailable, boolean createNow, Spread spread, Instant now) {
        return new PoolPlan.Observed(
                target,
                agents,
                surge,
                unavailable,
                createNow,
                spread,
                Duration.ofMinutes(5),
                Duration.ofMinutes(5),
                now);
    }

    private static Agent agent(
            AgentPod pod,
            AgentPhase phase,
            Instant since,
            boolean current,
            boolean asked,
            boolean left,
            boolean drained) {
        return new Agent(pod, phase, since, 0, current, false, asked, left, new Agent.Place(drained, 1));
    }

    private static AgentPod pod(String name, String revision, Life life, int version, Instant created) {
        return new AgentPod(
                POOL,
                name,
                "uid-" + name,
                "" + version,
                revision,
                life,
                life == Life.Ready || life == Life.Unready,
                false,
                false,
                created,
                "",
                "",
                "",
                "",
                new AgentPod.Signs(created, null, "", "", null));
    }

    /** An agent as it is, and as the operator believes it is. */
    private static final class Real {
        final String revision;
        Life life = Life.Starting;
        int version = 1;
        AgentPhase phase = AgentPhase.Unknown;
        boolean agreed;
        boolean deleted;
        boolean gone;

        final List<AgentPhase> phases = new ArrayList<>(List.of(AgentPhase.Unknown));

        AgentPod shown;
        AgentPhase heard = AgentPhase.Unknown;
        boolean told;
        boolean waitsForAnswer;

        @Nullable
        Instant askAgain;

        boolean leaves;

        Real(AgentPod created) {
            revision = created.revision();
            shown = created;
        }

        void become(AgentPhase next) {
            phase = next;
            phases.add(next);
        }

        boolean there() {
            return !gone && life != Life.Ended && !deleted && !agreed;
        }

        boolean talks() {
            return !gone && life != Life.Ended && phase == AgentPhase.Busy;
        }
    }

    private static final class Run {
        private final List<Integer> events;
        private final Map<String, Real> pods = new LinkedHashMap<>();
        private Instant now = BEGIN;
        private int target = 5;
        private int surge = 1;
        private int unavailable;
        private int revision = 1;
        private Spread spread = new Spread.Everywhere();
        private int numbers;
        private @Nullable String violation;

        Run(List<Integer> events) {
            this.events = events;
        }

        @Nullable
        String violation() {
            for (int event : events) {
                happen(event % 16, event / 16);
                if (violation != null) {
                    break;
                }
            }
            if (violation == null) {
                calm();
            }
            if (violation != null) {
                System.err.println(violation + " after " + events);
            }
            return violation;
        }

        private void violate(String what) {
            if (violation == null) {
                violation = what;
            }
        }

        private void happen(int what, int arg) {
            switch (what) {
                case 0, 1, 2 -> reconcile();
                case 3 -> target = arg % 12;
                case 4 -> any(arg).forEach(this::becomesReady);
                case 5 ->
                    any(arg).forEach(real -> {
                        if (real.life == Life.Ready && real.phase == AgentPhase.Idle && !real.agreed) {
                            real.become(AgentPhase.Busy);
                        }
                    });
                case 6 ->
                    any(arg).forEach(real -> {
                        if (real.phase == AgentPhase.Busy) {
                            real.become(AgentPhase.Idle);
                        }
                    });
                case 7, 8 -> any(arg).forEach(real -> real.heard = real.phase);
                // Of another gateway, late: what it once was.
                case 9 -> any(arg).forEach(real -> real.heard = real.phases.get(arg / 32 % real.phases.size()));
                case 10, 11 -> any(arg).forEach(this::show);
                case 12 -> any(arg).forEach(this::answers);
                case 13 -> {
                    revision++;
                    spread = new Spread.Everywhere();
                    surge = arg % 4;
                    unavailable = surge == 0 ? 1 : arg / 4 % 2;
                }
                case 14 ->
                    any(arg).forEach(real -> {
                        if (arg / 64 % 4 == 0) {
                            real.life = Life.Ended;
                            real.version++;
                        } else if (real.life == Life.Ready) {
                            real.life = Life.Unready;
                            real.version++;
                        } else {
                            becomesReady(real);
                        }
                    });
                case 15 -> {
                    now = now.plusSeconds(arg % 8);
                    spread = switch (arg % 16) {
                        case 0 -> new Spread.NoFurther();
                        case 1 -> new Spread.TakenBack();
                        case 2, 3, 4 -> new Spread.Tried(arg % 16 - 1);
                        default -> new Spread.Everywhere();
                    };
                }
                default -> throw new IllegalStateException("no event " + what);
            }
        }

        private List<Real> any(int arg) {
            List<Real> all = List.copyOf(pods.values());
            return all.isEmpty() ? List.of() : List.of(all.get(arg % all.size()));
        }

        private void becomesReady(Real real) {
            if (!real.deleted && (real.life == Life.Starting || real.life == Life.Unready)) {
                boolean first = real.life == Life.Starting;
                real.life = Life.Ready;
                real.version++;
                if (first) {
                    real.become(AgentPhase.Idle);
                }
            }
        }

        /** The cache shows a pod as it is by now. */
        private void show(Real real) {
            if (real.deleted && real.phase != AgentPhase.Busy || real.gone) {
                real.gone = true;
                pods.values().remove(real);
                return;
            }
            AgentPod seen = pod(real.shown.name(), real.revision, real.life, real.version, real.shown.created());
            real.shown = real.deleted || real.told ? seen.told() : seen;
        }

        /** The agent answers whether it leaves. */
        private void answers(Real real) {
            if (!real.waitsForAnswer) {
                return;
            }
            real.waitsForAnswer = false;
            if (real.life == Life.Ready && real.phase == AgentPhase.Idle) {
                real.agreed = true;
                real.leaves = true;
                real.become(AgentPhase.Retiring);
            } else {
                real.askAgain = now.plusSeconds(5);
            }
        }

        private PoolPlan.Observed observed() {
            List<Agent> agents = new ArrayList<>();
            for (Real real : pods.values()) {
                boolean asked = real.waitsForAnswer || real.askAgain != null && real.askAgain.isAfter(now);
                agents.add(agent(
                        real.shown,
                        real.heard,
                        BEGIN,
                        real.revision.equals("r" + revision),
                        asked,
                        real.leaves,
                        false));
            }
            // Where nothing older is left there is nothing to keep.
            boolean anyOlder = agents.stream().anyMatch(agent -> agent.counts() && !agent.current());
            return RetiringPropertyTest.observed(
                    target, agents, surge, unavailable, true, anyOlder ? spread : new Spread.Everywhere(), now);
        }

        private PoolPlan reconcile() {
            PoolPlan.Observed seen = observed();
            PoolPlan plan = PoolPlan.decide(seen);
            judge(seen, plan);
            plan.delete().forEach(this::delete);
            plan.giveUp().forEach(given -> delete(given.pod()));
            int created = plan.create() + plan.createAlike();
            for (int i = 0; i < created; i++) {
                String name = "p" + numbers++;
                String of = i < plan.create()
                        ? "r" + revision
                        : Objects.requireNonNull(plan.like()).revision();
                pods.put(name, new Real(pod(name, of, Life.Starting, 1, now)));
            }
            if (created > 0 && existing() > target + surge) {
                violate(existing() + " agents exist after " + created + " were created, and " + target + " + " + surge
                        + " are the most");
            }
            plan.retire().forEach(pod -> real(pod).waitsForAnswer = true);
            return plan;
        }

        private long existing() {
            return pods.values().stream().filter(Real::there).count();
        }

        private Real real(AgentPod pod) {
            Real real = pods.get(pod.name());
            if (real == null) {
                throw new IllegalStateException("the plan names " + pod.name() + ", which was not observed");
            }
            return real;
        }

        /** As the API server does it: a pod that was believed to start is deleted only if it is as it was seen. */
        private void delete(AgentPod pod) {
            Real real = real(pod);
            boolean changed = !pod.resourceVersion().equals("" + real.version);
            if (pod.life() == Life.Starting && changed) {
                return;
            }
            if (real.talks()) {
                violate(pod.name() + " talks and is deleted");
            }
            real.deleted = true;
            real.told = true;
            real.shown = real.shown.told();
        }

        private void judge(PoolPlan.Observed seen, PoolPlan plan) {
            List<Agent> counted = seen.agents().stream().filter(Agent::counts).toList();
            Set<AgentPod> going = new HashSet<>(plan.retire());
            going.addAll(plan.delete());
            if (going.size() < plan.retire().size() + plan.delete().size()) {
                violate("an agent is to go twice");
            }
            int created = plan.create() + plan.createAlike();
            if (plan.create() < 0 || plan.createAlike() < 0 || created > PoolPlan.CREATED_AT_ONCE) {
                violate(created + " are created at once");
            }
            long newest = counted.stream().filter(Agent::current).count();
            if (plan.create() > 0 && newest + plan.create() > seen.spread().atMost()) {
                violate(newest + plan.create() + " agents are new, though the newest revision is at " + seen.spread());
            }
            for (Agent agent : seen.agents()) {
                boolean asks = plan.retire().contains(agent.pod());
                if (asks && (agent.phase() == AgentPhase.Busy || agent.asked())) {
                    violate(agent.pod().name() + " is asked although " + (agent.asked() ? "it was" : "it talks"));
                }
                boolean harmless =
                        agent.pod().life() == Life.Starting || agent.pod().life() == Life.Ended || agent.left();
                if (plan.delete().contains(agent.pod()) && !harmless) {
                    violate(agent.pod().name() + " is deleted without being asked");
                }
            }
            int surplus = Math.max(0, counted.size() - target);
            long staying = counted.stream()
                    .filter(agent -> agent.ready() && !agent.asked() && !going.contains(agent.pod()))
                    .count();
            boolean forRollout = plan.retire().size() > surplus;
            if (forRollout && staying < target - unavailable) {
                violate(staying + " of " + target + " stay while others are replaced");
            }
        }

        /** Everybody hears everything, calls end, and pods start: then the pool is as it should be, and stays so. */
        private void calm() {
            spread = new Spread.Everywhere();
            int rounds = 0;
            boolean settled = false;
            while (!settled && rounds++ < 200 && violation == null) {
                now = now.plusSeconds(6);
                for (Real real : List.copyOf(pods.values())) {
                    if (real.phase == AgentPhase.Busy) {
                        real.become(AgentPhase.Idle);
                    }
                    if (real.life != Life.Ended) {
                        becomesReady(real);
                    }
                    answers(real);
                    real.heard = real.phase;
                    show(real);
                }
                settled = reconcile().isEmpty() && pods.values().stream().noneMatch(real -> real.waitsForAnswer);
            }
            long current = pods.values().stream()
                    .filter(real -> real.there() && real.revision.equals("r" + revision))
                    .count();
            if (violation == null && (!settled || current != target || existing() != target)) {
                violate("after " + rounds + " calm rounds there are " + existing() + " agents, " + current
                        + " of them of the newest revision, and " + target + " are wanted");
            }
        }
    }
}
