package dev.dialplane.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.operator.pool.Agent.Place;
import dev.dialplane.operator.pool.AgentPod.Life;
import dev.dialplane.operator.pool.PoolPlan.Observed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PoolPlanTest {

    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final PoolKey POOL = new PoolKey("default", "receptionist");

    private final List<Agent> agents = new ArrayList<>();
    private int surge;
    private int unavailable;
    private boolean createNow = true;
    private Spread spread = new Spread.Everywhere();

    @Test
    void missingAgentsAreCreated() {
        idle("a");
        assertThat(plan(3).create()).isEqualTo(2);
    }

    @Test
    void agentsThatStartAreNotMissing() {
        starting("a");
        starting("b");
        assertThat(plan(2).isEmpty()).isTrue();
    }

    @Test
    void manyAreCreatedInSteps() {
        assertThat(plan(1000).create()).isEqualTo(PoolPlan.CREATED_AT_ONCE);
    }

    @Test
    void afterARowOfFailuresNothingIsCreated() {
        createNow = false;
        assertThat(plan(3).create()).isZero();
    }

    @Test
    void aPodThatEndedIsDeletedAndReplacedAtOnce() {
        idle("a");
        add("b", Life.Ended, AgentPhase.Idle, true, false, false, false);
        PoolPlan plan = plan(2);
        assertThat(names(plan.delete())).containsExactly("b");
        assertThat(plan.create()).isEqualTo(1);
    }

    @Test
    void aPodThatIsOnItsWayOutIsLeftAloneAndReplaced() {
        agents.add(new Agent(
                pod("a", Life.Ready, false).told(), AgentPhase.Busy, NOW, 0, true, false, false, false, Place.NONE));
        PoolPlan plan = plan(1);
        assertThat(plan.delete()).isEmpty();
        assertThat(plan.create()).isEqualTo(1);
    }

    @Test
    void surplusAgentsAreAskedNeverKilled() {
        busy("a");
        idle("b");
        idle("c");
        PoolPlan plan = plan(1);
        assertThat(plan.delete()).isEmpty();
        assertThat(names(plan.retire())).containsExactly("b", "c");
    }

    @Test
    void busyAgentsStayHoweverFewAreWanted() {
        busy("a");
        busy("b");
        assertThat(plan(0).isEmpty()).isTrue();
    }

    @Test
    void whatStartsGoesBeforeWhatIsIdle() {
        idle("a");
        starting("b");
        PoolPlan plan = plan(1);
        assertThat(names(plan.delete())).containsExactly("b");
        assertThat(plan.retire()).isEmpty();
    }

    @Test
    void anAgentThatWasReadyAndIsNotIsNeverDeletedForBeingSurplus() {
        add("a", Life.Unready, AgentPhase.Busy, true, false, false, false);
        add("b", Life.Unready, AgentPhase.Unknown, false, false, false, false);
        assertThat(plan(0).isEmpty()).isTrue();
    }

    @Test
    void anAgentThatWasAskedCountsAsGoingUntilItAnswers() {
        add("a", Life.Ready, AgentPhase.Idle, true, false, true, false);
        idle("b");
        idle("c");
        assertThat(names(plan(1).retire())).containsExactly("b");
        assertThat(plan(2).isEmpty()).isTrue();
    }

    @Test
    void anAgentThatAgreedToLeaveIsDeletedAndReplaced() {
        add("a", Life.Ready, AgentPhase.Idle, true, false, false, true);
        PoolPlan plan = plan(1);
        assertThat(names(plan.delete())).containsExactly("a");
        assertThat(plan.create()).isEqualTo(1);
    }

    @Test
    void outdatedIdleAgentsGoOnlyAsFarAsTheirReplacementsAreThere() {
        surge = 1;
        outdatedIdle("a");
        outdatedIdle("b");
        PoolPlan first = plan(2);
        assertThat(first.create()).isEqualTo(1);
        assertThat(first.retire()).isEmpty();

        starting("c");
        assertThat(plan(2).isEmpty()).isTrue();

        agents.removeLast();
        idle("c");
        PoolPlan second = plan(2);
        assertThat(second.create()).isZero();
        assertThat(names(second.retire())).containsExactly("a");
    }

    @Test
    void withoutSurgeOutdatedAgentsGoFirstAsFarAsSomeMayBeMissing() {
        unavailable = 1;
        outdatedIdle("a");
        outdatedIdle("b");
        outdatedIdle("c");
        PoolPlan plan = plan(3);
        assertThat(plan.create()).isZero();
        assertThat(names(plan.retire())).containsExactly("a");
    }

    @Test
    void outdatedAgentsThatStartAreReplacedAtOnce() {
        agents.add(new Agent(
                pod("a", Life.Starting, false), AgentPhase.Unknown, NOW, 0, false, false, false, false, Place.NONE));
        assertThat(names(plan(1).delete())).containsExactly("a");
    }

    @Test
    void outdatedBusyAgentsFinishTheirCall() {
        surge = 1;
        add("a", Life.Ready, AgentPhase.Busy, false, false, false, false);
        idle("b");
        PoolPlan plan = plan(1);
        assertThat(plan.delete()).isEmpty();
        assertThat(plan.retire()).isEmpty();
    }

    @Test
    void agentsThatWereLongIdleMayBeEvictedAndThoseWithACallNoMore() {
        agents.add(new Agent(
                pod("a", Life.Ready, false),
                AgentPhase.Idle,
                NOW.minusSeconds(301),
                0,
                true,
                false,
                false,
                false,
                Place.NONE));
        agents.add(new Agent(
                pod("b", Life.Ready, false),
                AgentPhase.Idle,
                NOW.minusSeconds(299),
                0,
                true,
                false,
                false,
                false,
                Place.NONE));
        agents.add(
                new Agent(pod("c", Life.Ready, true), AgentPhase.Busy, NOW, 0, true, false, false, false, Place.NONE));
        PoolPlan plan = plan(3);
        assertThat(names(plan.mark())).containsExactly("a");
        assertThat(names(plan.unmark())).containsExactly("c");
    }

    @Test
    void agentsThatMayBeEvictedAreTheFirstToBeAsked() {
        idle("a");
        agents.add(
                new Agent(pod("b", Life.Ready, true), AgentPhase.Idle, NOW, 0, true, false, false, false, Place.NONE));
        assertThat(names(plan(1).retire())).containsExactly("b");
    }

    @Test
    void whenTheNewestRevisionHasFailedOlderAgentsStayAndItsSurplusGoes() {
        surge = 2;
        spread = new Spread.NoFurther();
        outdatedIdle("a");
        outdatedIdle("b");
        idle("new-1");
        starting("new-2");
        PoolPlan plan = plan(2);
        assertThat(plan.create()).isZero();
        assertThat(names(plan.retire())).containsExactly("new-1");
        assertThat(names(plan.delete())).containsExactly("new-2");
    }

    @Test
    void whenTheNewestRevisionHasFailedOlderAgentsStayThoughSomeMayBeMissing() {
        unavailable = 1;
        outdatedIdle("a");
        outdatedIdle("b");
        assertThat(plan(2).retire()).hasSize(1);
        spread = new Spread.NoFurther();
        assertThat(plan(2).retire()).isEmpty();
    }

    @Test
    void whenTheNewestRevisionHasFailedMissingAgentsAreCreatedAfterAnOlderOne() {
        outdatedIdle("a");
        assertThat(plan(3).like()).isNull();
        spread = new Spread.NoFurther();
        PoolPlan plan = plan(3);
        assertThat(plan.create()).isZero();
        assertThat(plan.createAlike()).isEqualTo(2);
        assertThat(plan.like()).isNotNull().extracting(AgentPod::name).isEqualTo("a");
        assertThat(plan.retire()).isEmpty();
    }

    @Test
    void whenTheNewestRevisionHasFailedAWornAgentIsReplacedByOneLikeIt() {
        surge = 1;
        spread = new Spread.NoFurther();
        add("a", Life.Ready, AgentPhase.Idle, false, true, false, false);
        PoolPlan first = plan(1);
        assertThat(first.create()).isZero();
        assertThat(first.createAlike()).isEqualTo(1);
        outdatedIdle("b");
        assertThat(names(plan(1).retire())).containsExactly("a");
    }

    @Test
    void whenTheNewestRevisionHasFailedAndNoOlderAgentTakesCallsNothingIsCreated() {
        spread = new Spread.NoFurther();
        add("a", Life.Unready, AgentPhase.Unknown, false, false, false, false);
        PoolPlan plan = plan(2);
        assertThat(plan.create() + plan.createAlike()).isZero();
    }

    @Test
    void agentsOfADrainedNodeMayBeEvictedAtOnceAndAreReplacedElsewhere() {
        surge = 1;
        agents.add(new Agent(
                pod("a", Life.Ready, false), AgentPhase.Idle, NOW, 0, true, false, false, false, new Place(true, 1)));
        PoolPlan first = plan(1);
        assertThat(names(first.mark())).containsExactly("a");
        assertThat(first.create()).isEqualTo(1);
        assertThat(first.retire()).isEmpty();

        idle("b");
        assertThat(names(plan(1).retire())).containsExactly("a");
    }

    @Test
    void busyAgentsOfADrainedNodeStayProtected() {
        surge = 1;
        agents.add(new Agent(
                pod("a", Life.Ready, false), AgentPhase.Busy, NOW, 0, true, false, false, false, new Place(true, 1)));
        idle("b");
        PoolPlan plan = plan(1);
        assertThat(plan.mark()).isEmpty();
        assertThat(plan.retire()).isEmpty();
        assertThat(plan.delete()).isEmpty();
    }

    @Test
    void aPodThatWillNotStartIsGivenUpAndReplacedAfterThePause() {
        AgentPod stuck = stuck("a");
        agents.add(new Agent(stuck, AgentPhase.Unknown, NOW, 0, true, false, false, false, Place.NONE));
        PoolPlan plan = plan(1);
        assertThat(plan.giveUp()).extracting(PoolPlan.GivenUp::pod).containsExactly(stuck);
        assertThat(plan.create()).isZero();
    }

    @Test
    void atFullOccupancyEachCallThatEndsMakesRoomForANewAgent() {
        surge = 1;
        List<Agent> busy = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            add(name, Life.Ready, AgentPhase.Busy, false, false, false, false);
            busy.add(agents.getLast());
        }
        for (int replaced = 0; replaced < 3; replaced++) {
            assertThat(plan(3).create())
                    .as("a new agent while all older ones talk")
                    .isEqualTo(1);
            idle("new-" + replaced);
            assertThat(plan(3).retire()).as("nobody who talks is asked").isEmpty();
            Agent over = busy.get(replaced);
            agents.set(
                    agents.indexOf(over),
                    new Agent(over.pod(), AgentPhase.Idle, NOW, 1, false, false, false, false, Place.NONE));
            assertThat(names(plan(3).retire())).containsExactly(over.pod().name());
            agents.removeIf(agent -> agent.pod().equals(over.pod()));
            agents.set(
                    agents.size() - 1,
                    new Agent(agents.getLast().pod(), AgentPhase.Busy, NOW, 1, true, false, false, false, Place.NONE));
        }
        assertThat(plan(3).isEmpty()).isTrue();
    }

    private static AgentPod stuck(String name) {
        AgentPod pod = pod(name, Life.Starting, false);
        return new AgentPod(
                pod.pool(),
                name,
                pod.uid(),
                "1",
                "r",
                Life.Starting,
                false,
                false,
                false,
                NOW,
                "",
                "n",
                "",
                "",
                new AgentPod.Signs(NOW, NOW.minusSeconds(301), "", "", null));
    }

    private PoolPlan plan(int target) {
        return PoolPlan.decide(new Observed(
                target,
                List.copyOf(agents),
                surge,
                unavailable,
                createNow,
                spread,
                Duration.ofMinutes(5),
                Duration.ofMinutes(5),
                NOW));
    }

    private void idle(String name) {
        add(name, Life.Ready, AgentPhase.Idle, true, false, false, false);
    }

    private void busy(String name) {
        add(name, Life.Ready, AgentPhase.Busy, true, false, false, false);
    }

    private void starting(String name) {
        add(name, Life.Starting, AgentPhase.Unknown, true, false, false, false);
    }

    private void outdatedIdle(String name) {
        add(name, Life.Ready, AgentPhase.Idle, false, false, false, false);
    }

    private void add(
            String name, Life life, AgentPhase phase, boolean current, boolean worn, boolean asked, boolean left) {
        agents.add(new Agent(pod(name, life, false), phase, NOW, 0, current, worn, asked, left, Place.NONE));
    }

    private static AgentPod pod(String name, Life life, boolean evictable) {
        return new AgentPod(
                POOL,
                name,
                "uid-" + name,
                "1",
                "r",
                life,
                life != Life.Starting,
                false,
                evictable,
                NOW,
                "",
                "",
                "",
                "",
                new AgentPod.Signs(NOW, null, "", "", null));
    }

    private static List<String> names(List<AgentPod> pods) {
        return pods.stream().map(AgentPod::name).toList();
    }
}
