package dev.dialplane.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.operator.pool.AgentPod.Life;
import dev.dialplane.operator.pool.LossRule.Evidence;
import dev.dialplane.operator.pool.LossRule.NodeState;
import dev.dialplane.operator.pool.LossRule.Patience;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LossRuleTest {

    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final Patience PATIENCE = new Patience(Duration.ofSeconds(30), Duration.ofHours(1));

    /** Times are seconds since; empty: not so. {@code gone by}: seconds since the pod should have been gone. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        nothing is wrong                              | Ready    | busy | Fine   |    |      |     | Keep
        nothing is wrong with one that starts         | Starting | idle | Fine   |    |      |     | Keep
        gateways reach it, whatever its node does     | Ready    | busy | Silent | 99 |      |     | Doubt
        gateways reach it, though its node is gone    | Ready    | busy | Gone   | 99 |      |     | Doubt
        gateways reach it, though it is not ready     | Unready  | busy | Fine   |    |      |     | Doubt
        its node and the gateways say so              | Ready    | busy | Silent | 30 | 30   |     | Remove
        its node is gone and the gateways say so      | Ready    | busy | Gone   | 30 | 30   |     | Remove
        idle ones need two signs as well              | Ready    | idle | Silent | 30 | 30   |     | Remove
        the node not for long enough                  | Ready    | busy | Silent | 29 | 99   |     | Doubt
        the gateways not for long enough              | Ready    | busy | Silent | 99 | 29   |     | Doubt
        its pod and the gateways say so               | Unready  | busy | Fine   |    | 30   |     | Stop
        its pod says so, the gateways not long enough | Unready  | busy | Fine   |    | 29   |     | Doubt
        only gateways say so of a busy one            | Ready    | busy | Fine   |    | 3599 |     | Doubt
        its call is over by now                       | Ready    | busy | Fine   |    | 3600 |     | Replace
        only gateways say so of an idle one           | Ready    | idle | Fine   |    | 30   |     | Replace
        only gateways say so, not long enough         | Ready    | idle | Fine   |    | 29   |     | Doubt
        never ready, on a lost node                   | Starting | idle | Silent | 30 |      |     | Remove
        never ready, on a node just lost              | Starting | idle | Silent | 29 |      |     | Doubt
        ended, on a lost node                         | Ended    | idle | Gone   | 30 |      |     | Remove
        told to go, its kubelet is on it              | Ready    | busy | Fine   |    | 99   | -60 | Doubt
        told to go, its kubelet is late               | Ready    | busy | Fine   |    |      | 299 | Doubt
        told to go, its kubelet never does            | Ready    | busy | Fine   |    |      | 300 | Remove
        told to go, its node is lost, its time over   | Ready    | busy | Silent | 99 |      | 30  | Remove
        told to go, its node is lost, its time is not | Ready    | busy | Silent | 99 |      | -60 | Doubt
        told to go, two signs                         | Ready    | busy | Silent | 99 | 99   | -60 | Remove
        """)
    void anAgentIsGivenUpWhenTwoSaySoForAWhile(
            String rule,
            Life life,
            String phase,
            NodeState node,
            @Nullable Integer nodeSeconds,
            @Nullable Integer unreachedSeconds,
            @Nullable Integer goneBy,
            String verdict) {
        Evidence seen = evidence(life, phase.equals("busy"), false, node, nodeSeconds, unreachedSeconds, goneBy);
        assertThat(LossRule.judge(seen, PATIENCE, NOW).getClass().getSimpleName())
                .as(rule)
                .isEqualTo(verdict);
    }

    /** When the API server is slow, agents take calls before their pods are written down as ready. */
    @ParameterizedTest
    @CsvSource({"Silent, , Doubt", "Silent, 29, Doubt", "Silent, 30, Remove", "Fine, 30, Doubt", "Fine, , Keep"})
    void anAgentThatGatewaysHaveReachedIsNotTakenForOneThatNeverBegan(
            NodeState node, @Nullable Integer unreachedSeconds, String verdict) {
        Evidence starting = evidence(Life.Starting, false, false, node, 30, unreachedSeconds, null);
        Evidence seen = new Evidence(
                starting.pod(), false, true, false, node, starting.nodeSince(), starting.unreachedSince(), true);
        assertThat(LossRule.judge(seen, PATIENCE, NOW).getClass().getSimpleName())
                .isEqualTo(verdict);
    }

    @ParameterizedTest
    @CsvSource({"true, Remove", "false, Doubt"})
    void anAgentThatAgreedToLeaveHoldsNoCall(boolean left, String verdict) {
        Evidence seen = evidence(Life.Ready, false, left, NodeState.Silent, 30, null, -60);
        assertThat(LossRule.judge(seen, PATIENCE, NOW).getClass().getSimpleName())
                .isEqualTo(verdict);
    }

    @ParameterizedTest
    @CsvSource({"true, Replace", "false, Doubt"})
    void gatewaysThatReachNobodyAreCutOffThemselves(boolean othersReached, String verdict) {
        Evidence seen = evidence(Life.Ready, false, false, NodeState.Fine, null, 30, null);
        Evidence judged =
                new Evidence(seen.pod(), false, true, false, NodeState.Fine, NOW, seen.unreachedSince(), othersReached);
        assertThat(LossRule.judge(judged, PATIENCE, NOW).getClass().getSimpleName())
                .isEqualTo(verdict);
    }

    private static Evidence evidence(
            Life life,
            boolean mayTalk,
            boolean left,
            NodeState node,
            @Nullable Integer nodeSeconds,
            @Nullable Integer unreachedSeconds,
            @Nullable Integer goneBy) {
        AgentPod pod = new AgentPod(
                new PoolKey("default", "receptionist"),
                "a",
                "uid-a",
                "1",
                "r",
                life,
                life != Life.Starting,
                goneBy != null,
                false,
                NOW.minusSeconds(9999),
                "",
                "n",
                "",
                "",
                new AgentPod.Signs(NOW.minusSeconds(60), NOW.minusSeconds(9999), "", "", ago(goneBy)));
        return new Evidence(
                pod,
                mayTalk,
                life != Life.Starting,
                left,
                node,
                nodeSeconds == null ? NOW : NOW.minusSeconds(nodeSeconds),
                ago(unreachedSeconds),
                true);
    }

    private static @Nullable Instant ago(@Nullable Integer seconds) {
        return seconds == null ? null : NOW.minusSeconds(seconds);
    }
}
