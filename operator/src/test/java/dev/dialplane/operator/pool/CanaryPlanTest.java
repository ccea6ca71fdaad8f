package dev.dialplane.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.operator.pool.Agent.Place;
import dev.dialplane.operator.pool.AgentPod.Life;
import dev.dialplane.operator.pool.PoolPlan.Observed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A small pool, moved on plan by plan until there is nothing more to do. */
class CanaryPlanTest {

    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final int TARGET = 10;

    private record Member(String name, boolean newest, boolean ready, boolean busy) {}

    private final List<Member> pool = new ArrayList<>();
    private int surge = 1;
    private int unavailable;
    private int created;
    private int fewestReady = Integer.MAX_VALUE;

    @ParameterizedTest
    @CsvSource({"1, 0, 1", "3, 0, 1", "0, 1, 1", "2, 2, 3", "0, 3, 5"})
    void aCanaryTakesItsShareAndNoMore(int surge, int unavailable, int share) {
        this.surge = surge;
        this.unavailable = unavailable;
        older(TARGET, 0);
        settle(new Spread.Tried(share));
        assertThat(pool).hasSize(TARGET);
        assertThat(newest()).isEqualTo(share);
        assertThat(created).as("nobody in vain").isEqualTo(share);
        assertThat(fewestReady).isGreaterThanOrEqualTo(TARGET - unavailable);
    }

    @Test
    void aCanaryComesThoughAllOlderAgentsTalkAndStaysUntilOneHasFinished() {
        older(TARGET, TARGET);
        settle(new Spread.Tried(1));
        assertThat(pool).hasSize(TARGET + 1);
        assertThat(newest()).isEqualTo(1);

        pool.set(0, new Member(pool.getFirst().name(), false, true, false));
        settle(new Spread.Tried(1));
        assertThat(pool).hasSize(TARGET);
        assertThat(newest()).isEqualTo(1);
        assertThat(created).isEqualTo(1);
    }

    @Test
    void aPoolThatGrowsAndShrinksKeepsTheShare() {
        older(TARGET, 0);
        settle(new Spread.Tried(1));
        settle(new Spread.Tried(2), 20);
        assertThat(newest()).isEqualTo(2);
        assertThat(pool).hasSize(20);
        settle(new Spread.Tried(1), TARGET);
        assertThat(newest()).isEqualTo(1);
        assertThat(pool).hasSize(TARGET);
        assertThat(created).as("nobody in vain").isEqualTo(1 + 10);
    }

    @Test
    void aCanaryThatDidWellTakesOver() {
        older(TARGET, 0);
        settle(new Spread.Tried(1));
        settle(new Spread.Everywhere());
        assertThat(newest()).isEqualTo(TARGET);
        assertThat(pool).hasSize(TARGET);
        assertThat(fewestReady).isGreaterThanOrEqualTo(TARGET);
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "0, 1"})
    void aCanaryThatDidBadlyLeavesAndOlderOnesTakeItsPlace(int surge, int unavailable) {
        this.surge = surge;
        this.unavailable = unavailable;
        older(TARGET, 0);
        settle(new Spread.Tried(2));
        settle(new Spread.TakenBack());
        assertThat(newest()).isZero();
        assertThat(pool).hasSize(TARGET);
        assertThat(fewestReady).isGreaterThanOrEqualTo(TARGET - unavailable);
    }

    @Test
    void aCanaryInACallFinishesItThoughItDidBadly() {
        older(TARGET - 1, 0);
        pool.add(new Member("canary", true, true, true));
        settle(new Spread.TakenBack());
        assertThat(newest()).isEqualTo(1);
    }

    private void older(int count, int busy) {
        for (int i = 0; i < count; i++) {
            pool.add(new Member("older-" + i, false, true, i < busy));
        }
    }

    private int newest() {
        return (int) pool.stream().filter(Member::newest).count();
    }

    private void settle(Spread spread) {
        settle(spread, TARGET);
    }

    /** Carries out plan after plan; what was created starts, and whoever is asked leaves. */
    private void settle(Spread spread, int target) {
        for (int step = 0; step < 100; step++) {
            PoolPlan plan = PoolPlan.decide(new Observed(
                    target,
                    pool.stream().map(CanaryPlanTest::agent).toList(),
                    surge,
                    unavailable,
                    true,
                    spread,
                    Duration.ofMinutes(5),
                    Duration.ofMinutes(5),
                    NOW));
            assertThat(plan.retire()).noneMatch(pod -> member(pod).busy());
            Set<String> leaving = new HashSet<>();
            plan.delete().forEach(pod -> leaving.add(pod.name()));
            plan.retire().forEach(pod -> leaving.add(pod.name()));
            pool.removeIf(member -> leaving.contains(member.name()));
            boolean nobodyStarts = pool.stream().allMatch(Member::ready);
            pool.replaceAll(member -> new Member(member.name(), member.newest(), true, member.busy()));
            for (int i = 0; i < plan.create() + plan.createAlike(); i++) {
                created++;
                pool.add(new Member("created-" + created, i < plan.create(), false, false));
            }
            if (target == TARGET) {
                fewestReady = Math.min(
                        fewestReady, (int) pool.stream().filter(Member::ready).count());
            }
            if (plan.isEmpty() && nobodyStarts) {
                return;
            }
        }
        throw new AssertionError("it never comes to rest: " + pool);
    }

    private Member member(AgentPod pod) {
        return pool.stream()
                .filter(member -> member.name().equals(pod.name()))
                .findFirst()
                .orElseThrow();
    }

    private static Agent agent(Member member) {
        AgentPod pod = new AgentPod(
                new PoolKey("default", "receptionist"),
                member.name(),
                "uid-" + member.name(),
                "1",
                member.newest() ? "new" : "old",
                member.ready() ? Life.Ready : Life.Starting,
                member.ready(),
                false,
                false,
                NOW,
                "",
                "",
                "",
                "",
                new AgentPod.Signs(NOW, null, "", "", null));
        AgentPhase phase = !member.ready() ? AgentPhase.Unknown : member.busy() ? AgentPhase.Busy : AgentPhase.Idle;
        return new Agent(pod, phase, NOW, 0, member.newest(), false, false, false, Place.NONE);
    }
}
