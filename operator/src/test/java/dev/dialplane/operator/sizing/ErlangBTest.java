package dev.dialplane.operator.sizing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErlangBTest {

    /** Sizes by load and blocking, worked out with an independent program. */
    @ParameterizedTest
    @CsvSource({
        "100,0.01,117", "100,0.001,128", "100,0.0001,137", "100,0.000001,149",
        "1000,0.01,1029", "1000,0.001,1072", "1000,0.0001,1100", "1000,0.000001,1141",
        "5000,0.01,5010", "5000,0.001,5133", "5000,0.0001,5202", "5000,0.000001,5297",
        "10000,0.01,9970", "10000,0.001,10170", "10000,0.0001,10273", "10000,0.000001,10410"
    })
    void sizesAreThoseOfTheTables(double offered, double blocking, int agents) {
        assertThat(ErlangB.agents(offered, blocking)).isEqualTo(agents);
    }

    @ParameterizedTest
    @CsvSource({"1,1,0.5", "1,2,0.2", "2,2,0.4", "2,3,0.210526", "10,10,0.214582", "0,0,0", "0,3,0", "5,0,1"})
    void blockingIsThatOfTheFormula(double offered, int agents, double blocking) {
        assertThat(ErlangB.blocking(offered, agents)).isCloseTo(blocking, within(1e-6));
    }

    @Test
    void theSizeIsTheSmallestThatKeepsTheShare() {
        for (double offered : new double[] {0.01, 0.5, 1, 3.7, 42, 999.5}) {
            for (double blocking : new double[] {0.5, 0.01, 1e-6}) {
                int agents = ErlangB.agents(offered, blocking);
                assertThat(ErlangB.blocking(offered, agents)).isLessThanOrEqualTo(blocking);
                assertThat(ErlangB.blocking(offered, agents - 1)).isGreaterThan(blocking);
            }
        }
    }

    @Test
    void noLoadNeedsNoAgents() {
        assertThat(ErlangB.agents(0, 0.001)).isZero();
    }

    @Test
    void whatIsNoLoadOrNoShareIsRefused() {
        assertThatThrownBy(() -> ErlangB.agents(-1, 0.1)).hasMessageContaining("offeredErlangs");
        assertThatThrownBy(() -> ErlangB.agents(Double.NaN, 0.1)).hasMessageContaining("offeredErlangs");
        assertThatThrownBy(() -> ErlangB.agents(1, 0)).hasMessageContaining("blocking");
        assertThatThrownBy(() -> ErlangB.agents(1, 1)).hasMessageContaining("blocking");
        assertThatThrownBy(() -> ErlangB.blocking(1, -1)).hasMessageContaining("agents");
    }
}
