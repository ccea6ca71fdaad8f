package dev.dialplane.agent.dialogue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.agent.dialogue.Consent.State;
import dev.dialplane.agent.turn.Agreement.Verdict;
import org.junit.jupiter.api.Test;

class ConsentTest {
    private static final Consent ASKED = Consent.NONE.asked(10_000, 5_000);

    @Test
    void aYesAfterTheQuestionWasHeardIsConsent() {
        assertThat(ASKED.answered("Yes, fine.", 5_400, 12_000, 1))
                .isEqualTo(new Consent(State.AGREED, 10_000, 5_000, 12_000, 1));
        assertThat(ASKED.answered("Yes.", 5_000 - Consent.OVERLAP_MS, 12_000, 1).state())
                .as("with its last syllable")
                .isEqualTo(State.AGREED);
    }

    @Test
    void aYesThatWasBegunBeforeTheQuestionWasHeardIsNone() {
        assertThat(ASKED.answered("Yes.", 4_999 - Consent.OVERLAP_MS, 12_000, 1).state())
                .isEqualTo(State.UNCLEAR);
    }

    @Test
    void whoWasNotAskedHasNotAgreed() {
        assertThat(Consent.NONE.answered("Yes.", 1_000, 2_000, 1)).isEqualTo(Consent.NONE);
    }

    @Test
    void theFirstAnswerCounts() {
        Consent declined = ASKED.answered("No.", 5_400, 12_000, 1);
        assertThat(declined.answered("Yes.", 9_000, 15_000, 2)).isEqualTo(declined);
        assertThat(declined.asked(20_000, 10_000)).isEqualTo(declined);
    }

    @Test
    void aYesToSomethingThatWasAskedSinceIsNone() {
        Consent lapsed = ASKED.lapsed(18_000);
        assertThat(lapsed.state()).isEqualTo(State.UNCLEAR);
        assertThat(lapsed.answered("Yes.", 9_000, 19_000, 1)).isEqualTo(lapsed);
    }

    @Test
    void aConsentCanBeTakenBackAndIsNotGivenAgain() {
        Consent agreed = ASKED.answered("Yes.", 5_400, 12_000, 1);
        assertThat(agreed.answered("When are you open?", 20_000, 30_000, 2)).isEqualTo(agreed);
        assertThat(agreed.only("Please stop recording.", 3)).isEqualTo(Verdict.DECLINED);

        Consent taken = agreed.answered("Please stop recording.", 40_000, 50_000, 3);

        assertThat(taken).isEqualTo(new Consent(State.DECLINED, 10_000, 5_000, 50_000, 3));
        assertThat(taken.only("Please stop recording.", 3))
                .as("another agent answers it again")
                .isEqualTo(Verdict.DECLINED);
        assertThat(taken.answered("Yes.", 60_000, 70_000, 4)).isEqualTo(taken);
        assertThat(ASKED.lapsed(18_000).only("Stop recording.", 2))
                .as("nothing is recorded")
                .isEqualTo(Verdict.UNCLEAR);
    }

    @Test
    void aTurnThatSaysNothingElseNeedsNoModel() {
        assertThat(ASKED.only("Yes.", 1)).isEqualTo(Verdict.AGREED);
        assertThat(ASKED.only("Yes, when are you open?", 1)).isEqualTo(Verdict.UNCLEAR);
        Consent agreed = ASKED.answered("Yes.", 5_400, 12_000, 1);
        assertThat(agreed.only("Yes.", 1)).as("another agent answers it again").isEqualTo(Verdict.AGREED);
        assertThat(agreed.only("Yes.", 2)).as("it answers something else").isEqualTo(Verdict.UNCLEAR);
        assertThat(Consent.NONE.only("Yes.", 1)).isEqualTo(Verdict.UNCLEAR);
    }
}
