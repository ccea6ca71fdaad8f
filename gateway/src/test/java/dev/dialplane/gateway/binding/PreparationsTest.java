package dev.dialplane.gateway.binding;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreparationsTest {
    @ParameterizedTest(name = "{0} unprepared, {1} behind, {2} current, {3} under way, {4} wait: {5} and {6}")
    @CsvSource({
        // Nothing to do.
        "0, 0, 5, 0, 0, 0, 0",
        // Those that can take no call anyway, up to the limit of four.
        "2, 0, 0, 0, 0, 2, 0",
        "9, 0, 0, 0, 0, 4, 0",
        "9, 0, 0, 3, 0, 1, 0",
        "9, 0, 0, 4, 0, 0, 0",
        // Half of those that can take a call leave at once.
        "0, 8, 0, 0, 0, 0, 4",
        "0, 6, 0, 0, 0, 0, 3",
        "0, 3, 0, 3, 0, 0, 0",
        "0, 3, 3, 0, 0, 0, 3",
        "0, 2, 0, 0, 0, 0, 1",
        "0, 1, 0, 1, 0, 0, 0",
        "0, 1, 1, 0, 0, 0, 1",
        // The only one leaves, unless somebody waits for it.
        "0, 1, 0, 0, 0, 0, 1",
        "0, 1, 0, 0, 1, 0, 0",
        // New agents come first, and the last idle one stays meanwhile.
        "1, 1, 0, 0, 0, 1, 0",
    })
    void choice(int unprepared, int outdated, int current, int underWay, int waiting, int first, int second) {
        assertThat(Preparations.choose(unprepared, outdated, current, underWay, 4, waiting))
                .isEqualTo(new Preparations.Choice(first, second));
    }

    @Test
    void neverTheLastThatCanTakeACallWhileThereIsMoreThanOne() {
        for (int outdated = 0; outdated < 20; outdated++) {
            for (int current = 0; current < 20; current++) {
                for (int underWay = 0; underWay < 20; underWay++) {
                    var choice = Preparations.choose(3, outdated, current, underWay, 100, 0);
                    if (outdated + current > 1) {
                        assertThat(outdated + current - choice.outdated()).isPositive();
                    }
                }
            }
        }
    }
}
