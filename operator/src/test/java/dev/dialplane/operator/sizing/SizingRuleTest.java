package dev.dialplane.operator.sizing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.operator.sizing.SizingRule.Bounds;
import dev.dialplane.operator.sizing.SizingRule.Decider;
import dev.dialplane.operator.sizing.SizingRule.Size;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SizingRuleTest {

    private static final Bounds WIDE = new Bounds(false, 0, 0, 100_000, 0.001);

    static Stream<Arguments> cases() {
        return Stream.of(
                row("nobody calls", Load.NONE, new Bounds(false, 2, 0, 200, 0.001), 5, 2, Decider.Minimum),
                row("nobody calls and none are wanted", Load.NONE, WIDE, 5, 0, Decider.ErlangB),
                row("calls at random", new Load(100, 100, 0.1, 0), WIDE, 2, 128, Decider.ErlangB),
                row("a big pool", new Load(9_900, 10_000, 1, 0), WIDE, 2, 10_170, Decider.ErlangB),
                row("a burst", new Load(50, 20, 10, 2), WIDE, 5, 50 + 10 + 31, Decider.Arrivals),
                row("a floor", Load.NONE, new Bounds(false, 2, 40, 200, 0.001), 5, 40, Decider.Floor),
                row(
                        "a floor below need",
                        new Load(0, 100, 0, 0),
                        new Bounds(false, 2, 40, 200, 0.001),
                        5,
                        128,
                        Decider.ErlangB),
                row(
                        "more than allowed",
                        new Load(0, 100, 0, 0),
                        new Bounds(false, 2, 0, 60, 0.001),
                        5,
                        60,
                        Decider.Maximum),
                row(
                        "a floor above the maximum",
                        Load.NONE,
                        new Bounds(false, 2, 90, 60, 0.001),
                        5,
                        60,
                        Decider.Maximum),
                row(
                        "a new pod for every call",
                        new Load(10, 10, 1, 0),
                        new Bounds(true, 0, 0, 1000, 0.001),
                        30,
                        10 + 30 + 17,
                        Decider.Arrivals));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void aPoolHasAsManyAgentsAsTheRuleSays(
            String about, Load load, Bounds bounds, double leadSeconds, int agents, Decider decider) {
        assertThat(SizingRule.size(load, bounds, leadSeconds)).isEqualTo(new Size(agents, decider));
    }

    /** Idle agents that outlast a lead time at 55.6 calls a second with a miss of 1e-4. */
    @ParameterizedTest
    @MethodSource("leads")
    void theBufferForALeadTimeIsThatOfTheTables(boolean fresh, double leadSeconds, int buffer) {
        Load load = new Load(0, 0, 10_000 / 180.0, 0);
        Size size = SizingRule.size(load, new Bounds(fresh, 0, 0, 100_000, 1e-4), leadSeconds);
        assertThat(size.agents()).isBetween((int) (buffer * 0.97) - 2, (int) (buffer * 1.03) + 2);
    }

    static Stream<Arguments> leads() {
        return Stream.of(
                Arguments.of(true, 2, 153),
                Arguments.of(true, 5, 344),
                Arguments.of(true, 10, 650),
                Arguments.of(true, 30, 1835),
                Arguments.of(false, 2, 56),
                Arguments.of(false, 5, 88),
                Arguments.of(false, 10, 124),
                Arguments.of(false, 30, 216),
                Arguments.of(false, 60, 305));
    }

    private static Arguments row(String about, Load load, Bounds bounds, double lead, int agents, Decider decider) {
        return Arguments.of(about, load, bounds, lead, agents, decider);
    }
}
