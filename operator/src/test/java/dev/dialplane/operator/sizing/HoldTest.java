package dev.dialplane.operator.sizing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.operator.sizing.SizingRule.Decider;
import dev.dialplane.operator.sizing.SizingRule.Size;
import org.junit.jupiter.api.Test;

class HoldTest {

    @Test
    void upAtOnceAndDownAfterTheHold() {
        Hold hold = Hold.NOTHING;
        hold = at(hold, 0, 5);
        assertThat(hold.target().agents()).isEqualTo(5);
        hold = at(hold, 10, 9);
        assertThat(hold.target().agents()).isEqualTo(9);
        hold = at(hold, 20, 4);
        assertThat(hold.target().agents()).isEqualTo(9);
        hold = at(hold, 69, 4);
        assertThat(hold.target().agents()).isEqualTo(9);
        hold = at(hold, 71, 4);
        assertThat(hold.target().agents()).isEqualTo(4);
    }

    @Test
    void aSizeThatComesBackIsHeldAnew() {
        Hold hold = at(at(at(Hold.NOTHING, 0, 9), 30, 4), 50, 9);
        assertThat(at(hold, 100, 4).target().agents()).isEqualTo(9);
        assertThat(at(hold, 111, 4).target().agents()).isEqualTo(4);
    }

    @Test
    void itGoesDownStepByStepAsEachSizeRunsOut() {
        Hold hold = at(at(at(Hold.NOTHING, 0, 9), 20, 7), 40, 5);
        assertThat(at(hold, 61, 3).target().agents()).isEqualTo(7);
        assertThat(at(hold, 81, 3).target().agents()).isEqualTo(5);
        assertThat(at(hold, 101, 3).target().agents()).isEqualTo(3);
    }

    @Test
    void itKeepsNoMoreThanDecreasingSizes() {
        Hold hold = Hold.NOTHING;
        for (int second = 0; second < 1000; second++) {
            hold = at(hold, second, second % 7);
        }
        assertThat(hold.sizes()).hasSizeLessThanOrEqualTo(7);
    }

    private static Hold at(Hold hold, double now, int agents) {
        return hold.with(now, new Size(agents, Decider.ErlangB)).since(now - 60);
    }
}
