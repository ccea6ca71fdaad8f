package dev.dialplane.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.operator.pool.LossRule.NodeState;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class NodeSignsTest {

    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final Duration LEASE = Duration.ofSeconds(40);
    private final NodeSigns well = NodeSigns.absent(NOW).seen(true, false, NOW);

    @Test
    void aLeaseThatIsNotRenewedForAsLongAsItLastsIsALostNode() {
        NodeSigns read = well.lease("12:00", LEASE, at(10)).lease("12:00", LEASE, at(30));
        assertThat(read.state(at(49))).isEqualTo(NodeState.Fine);
        assertThat(read.state(at(50))).isEqualTo(NodeState.Silent);
        assertThat(read.since()).isEqualTo(at(50));

        NodeSigns renewed = read.lease("12:01", LEASE, at(60));
        assertThat(renewed.state(at(60))).isEqualTo(NodeState.Fine);
    }

    @Test
    void timeInWhichTheLeaseCouldNotBeReadDoesNotCount() {
        NodeSigns read = well.lease("12:00", LEASE, at(10)).unread(at(45));
        assertThat(read.state(at(50))).isEqualTo(NodeState.Fine);
        assertThat(read.lease("12:00", LEASE, at(60)).state(at(85))).isEqualTo(NodeState.Silent);
    }

    @Test
    void aNodesOwnClockDoesNotMatter() {
        NodeSigns behind = well.lease("1999", LEASE, at(10));
        assertThat(behind.state(at(11))).isEqualTo(NodeState.Fine);
    }

    @Test
    void aNodeThatRenewsItsLeaseIsFineThoughItIsNotReady() {
        assertThat(well.seen(false, false, at(5)).lease("12:00", LEASE, at(10)).state(at(11)))
                .isEqualTo(NodeState.Fine);
    }

    @Test
    void withoutALeaseItsConditionCounts() {
        NodeSigns notReady = well.seen(false, false, at(5)).seen(false, true, at(8));
        assertThat(notReady.state(at(9))).isEqualTo(NodeState.Silent);
        assertThat(notReady.since()).isEqualTo(at(5));
        assertThat(well.state(at(9))).isEqualTo(NodeState.Fine);
    }

    @Test
    void aNodeThatWasRemovedIsGoneUntilItComesBack() {
        NodeSigns removed = well.removed(at(5)).removed(at(9));
        assertThat(removed.state(at(9))).isEqualTo(NodeState.Gone);
        assertThat(removed.since()).isEqualTo(at(5));
        assertThat(removed.seen(true, false, at(10)).state(at(10))).isEqualTo(NodeState.Fine);
    }

    private static Instant at(int seconds) {
        return NOW.plusSeconds(seconds);
    }
}
