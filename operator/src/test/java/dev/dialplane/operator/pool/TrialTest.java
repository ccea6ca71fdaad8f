package dev.dialplane.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrialTest {

    /** s: an agent became idle, S: one did not; c: a call was served, C: one failed. */
    @ParameterizedTest
    @CsvSource({
        "'',        3, false",
        "SS,        3, false",
        "SSS,       3, true",
        "SSsS,      3, false",
        "SSsSSS,    3, true",
        "sCsCsC,    3, true",
        "sCsCcCC,   3, false",
        "CCcCCC,    3, true",
        "SC,        2, false",
        "S,         1, true",
        "SCSC,      2, true"
    })
    void failuresInARowAreTooManyAndGoodOnesBetweenThemBreakTheRow(String happened, int pauseAfter, boolean failed) {
        assertThat(after(happened, pauseAfter).failed()).isEqualTo(failed);
    }

    @Test
    void onceFailedItStaysSoHoweverWellSingleCallsGo() {
        assertThat(after("SSSsccc", 3).failed()).isTrue();
    }

    @Test
    void itGoesOnWhenMoreFailuresAreAllowed() {
        Trial failed = after("SSS", 3);
        assertThat(failed.judged(4).failed()).isFalse();
        assertThat(failed.judged(4).startFailed("exit code 1").judged(4).failed())
                .isTrue();
        assertThat(failed.judged(2).failed()).isTrue();
    }

    @Test
    void theReasonTellsWhatHappenedAndWhatToDo() {
        Trial trial = Trial.of("r2")
                .startFailed("exit code 1")
                .startFailed("ErrImagePull: no such tag")
                .judged(2);
        assertThat(trial.startFailed("exit code 0").judged(2).reason())
                .contains("failures in a row", "ErrImagePull: no such tag", "spec.runtime", "pauseAfterFailures");
        assertThat(Trial.of("r2").callFailed("AgentLost").judged(1).reason())
                .contains("a call of a new agent ended AgentLost");
    }

    @Test
    void aRestartedOperatorRemembersThePauseAndItsReason() {
        Trial remembered =
                Trial.failedBefore("r2", 3, "3 failures in a row (exit code 1)").judged(3);
        assertThat(remembered.failed()).isTrue();
        assertThat(remembered.reason()).isEqualTo("3 failures in a row (exit code 1)");
        assertThat(remembered.judged(4).failed()).isFalse();
    }

    private static Trial after(String happened, int pauseAfter) {
        Trial trial = Trial.of("r2");
        for (char c : happened.toCharArray()) {
            trial = switch (c) {
                case 's' -> trial.started();
                case 'S' -> trial.startFailed("exit code 1");
                case 'c' -> trial.callServed();
                default -> trial.callFailed("AgentLost");
            };
            trial = trial.judged(pauseAfter);
        }
        return trial.judged(pauseAfter);
    }
}
