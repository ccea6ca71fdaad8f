package dev.dialplane.e2e.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.e2e.invariants.Violation;
import dev.dialplane.e2e.invariants.Violation.Rule;
import dev.dialplane.e2e.simulation.Shape.Broken;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A small installation with every fault; {@code ./bench simulation} runs the big one. */
class SimulationTest {
    private static final Shape SMALL = Shape.of(20261122, 1_000, 4, 20, 5).nodesOf(50);

    @Test
    void whateverBreaksNoRuleDoesAndEveryCallEnds() {
        Figures found = Simulation.run(SMALL, line -> {});
        assertThat(found.violations).isEmpty();
        assertThat(found.open).isZero();
        assertThat(found.calls).isGreaterThan(5_000);
        assertThat(found.mostBusy).isGreaterThan(700);
        assertThat(found.ends)
                .containsKeys(Cause.CAUSE_CALLER_HUNG_UP, Cause.CAUSE_GATEWAY_LOST, Cause.CAUSE_ABANDONED);
        assertThat(found.ends.values().stream().mapToLong(Integer::longValue).sum() + found.unknown)
                .isEqualTo(found.calls);
        assertThat(found.retired).isPositive();
        // A fifth is free: whatever happens is no reason for many more.
        assertThat(found.mostTarget).isLessThanOrEqualTo(1_050);
    }

    @Test
    void theSameSeedIsTheSameRun() {
        Shape shorter = Shape.of(7, 300, 3, 10, 2).nodesOf(20);
        assertThat(Simulation.run(shorter, line -> {}).fingerprint())
                .isEqualTo(Simulation.run(shorter, line -> {}).fingerprint());
    }

    @ParameterizedTest
    @CsvSource({
        "AGENTS_ACCEPT_TWICE, AGENT_HOLDS_TWO_CALLS",
        "CALLS_GO_TO_TWO, CALL_HELD_BY_TWO_AGENTS",
        "OPERATOR_DELETES_BUSY, BUSY_AGENT_DELETED",
        "GATEWAYS_FORGET_EVENTS, NO_TRUE_CAUSE",
    })
    void aBrokenRuleIsNoticed(Broken broken, Rule noticed) {
        Shape shape = Shape.of(20261122, 400, 3, 10, 4).nodesOf(40).breaking(broken);
        Set<Rule> rules = Simulation.run(shape, line -> {}).violations.stream()
                .map(Violation::rule)
                .collect(Collectors.toSet());
        assertThat(rules).contains(noticed);
    }
}
