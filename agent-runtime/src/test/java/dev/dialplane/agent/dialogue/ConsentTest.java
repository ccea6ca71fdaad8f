package dev.dialplane.agent.dialogue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.agent.dialogue.Consent.By;
import dev.dialplane.agent.dialogue.Consent.State;
import dev.dialplane.agent.turn.Agreement.Verdict;
import org.junit.jupiter.api.Test;

class ConsentTest {
    private static final Consent ASKED = Consent.NONE.asked(10_000, 5_000);

    @Test
    void aYesAfterTheQuestionWasHeardIsConsent() {
        assertThat(ASKED.answered(Said.words("Yes, fine.", 5_400), 12_000, 1))
                .isEqualTo(new Consent(State.AGREED, 10_000, 5_000, 12_000, 1, By.WORDS));
        assertThat(ASKED.answered(Said.words("Yes.", 5_000 - Consent.OVERLAP_MS), 12_000, 1)
                        .state())
                .as("with its last syllable")
                .isEqualTo(State.AGREED);
    }

    @Test
    void aYesThatWasBegunBeforeTheQuestionWasHeardIsNone() {
        assertThat(ASKED.answered(Said.words("Yes.", 4_999 - Consent.OVERLAP_MS), 12_000, 1)
                        .state())
                .isEqualTo(State.UNCLEAR);
    }

    @Test
    void aKeyAfterTheQuestionWasHeardAnswersIt() {
        assertThat(ASKED.answered(Said.keys("1", 5_400, 5_400), 12_000, 1))
                .isEqualTo(new Consent(State.AGREED, 10_000, 5_000, 12_000, 1, By.KEYS));
        assertThat(ASKED.answered(Said.keys("2", 5_400, 5_400), 12_000, 1))
                .isEqualTo(new Consent(State.DECLINED, 10_000, 5_000, 12_000, 1, By.KEYS));
        assertThat(ASKED.answered(pressed(5_000 - Consent.OVERLAP_MS), 12_000, 1)
                        .state())
                .as("with its last syllable")
                .isEqualTo(State.AGREED);
    }

    @Test
    void aKeyThatWasPressedBeforeTheQuestionWasHeardIsNoYes() {
        assertThat(ASKED.answered(pressed(4_999 - Consent.OVERLAP_MS), 12_000, 1))
                .isEqualTo(new Consent(State.UNCLEAR, 10_000, 5_000, 12_000, 1, By.KEYS));
    }

    @Test
    void whoPressesItOnceMoreAfterTheQuestionHasAgreed() {
        assertThat(ASKED.answered(Said.keys("11", 3_000, 5_400), 12_000, 1).state())
                .isEqualTo(State.AGREED);
        assertThat(ASKED.answered(Said.keys("21", 3_000, 5_400), 12_000, 1).state())
                .isEqualTo(State.DECLINED);
    }

    @Test
    void whatIsSaidOverTheQuestionDoesNotKeepAKeyFromAnsweringIt() {
        assertThat(ASKED.answered(new Said("Hello?", 3_000, "1", 5_400), 12_000, 1)
                        .state())
                .isEqualTo(State.AGREED);
        assertThat(ASKED.answered(new Said("No.", 3_000, "1", 5_400), 12_000, 1).state())
                .as("but for a no")
                .isEqualTo(State.DECLINED);
        assertThat(ASKED.answered(new Said("Yes.", 3_000, "1", 3_400), 12_000, 1)
                        .state())
                .as("both over it")
                .isEqualTo(State.UNCLEAR);
    }

    @Test
    void aKeyNeitherTakesAConsentBackNorGivesItLater() {
        Consent agreed = ASKED.answered(pressed(5_400), 12_000, 1);
        assertThat(agreed.answered(Said.keys("2", 20_000, 20_000), 30_000, 2)).isEqualTo(agreed);
        assertThat(agreed.only(Said.keys("2", 5_400, 5_400), 2))
                .as("it answers something else")
                .isEqualTo(Verdict.UNCLEAR);
        Consent lapsed = ASKED.lapsed(18_000);
        assertThat(lapsed.answered(pressed(20_000), 30_000, 1)).isEqualTo(lapsed);
    }

    private static Said pressed(long mediaMs) {
        return Said.keys("1", mediaMs, mediaMs);
    }

    @Test
    void aKeyThatSaysNothingElseNeedsNoModel() {
        assertThat(ASKED.only(Said.keys("1", 5_400, 5_400), 1)).isEqualTo(Verdict.AGREED);
        assertThat(ASKED.only(Said.keys("2", 5_400, 5_400), 1)).isEqualTo(Verdict.DECLINED);
        assertThat(ASKED.only(Said.keys("4711", 5_400, 5_400), 1))
                .as("a number")
                .isEqualTo(Verdict.UNCLEAR);

        Consent agreed = ASKED.answered(pressed(5_400), 12_000, 1);
        assertThat(agreed.only(Said.keys("1", 5_400, 5_400), 1))
                .as("another agent answers it again")
                .isEqualTo(Verdict.AGREED);
        assertThat(agreed.only(new Said("When are you open?", 5_400, "1", 5_400), 1))
                .isEqualTo(Verdict.UNCLEAR);
        assertThat(agreed.only(Said.keys("1", 5_400, 5_400), 2))
                .as("it answers something else")
                .isEqualTo(Verdict.UNCLEAR);
        Consent unheard = ASKED.answered(pressed(3_000), 12_000, 1);
        assertThat(unheard.only(Said.keys("1", 5_400, 5_400), 1))
                .as("another agent thanks nobody for a key that did not count")
                .isEqualTo(Verdict.UNCLEAR);
        Consent declined = ASKED.answered(Said.keys("2", 5_400, 5_400), 12_000, 1);
        assertThat(declined.only(Said.keys("2", 5_400, 5_400), 1)).isEqualTo(Verdict.DECLINED);
    }

    @Test
    void nobodyIsThankedForAnAnswerThatDoesNotCount() {
        assertThat(ASKED.only(Said.words("Yes.", 3_000), 1))
                .as("over the question")
                .isEqualTo(Verdict.UNCLEAR);
        assertThat(ASKED.only(Said.keys("1", 3_000, 3_000), 1))
                .as("over the question")
                .isEqualTo(Verdict.UNCLEAR);
        assertThat(ASKED.only(new Said("Yes.", 3_000, "1", 5_400), 1))
                .as("a key after it")
                .isEqualTo(Verdict.AGREED);
    }

    @Test
    void whoWasNotAskedHasNotAgreed() {
        assertThat(Consent.NONE.answered(Said.words("Yes.", 1_000), 2_000, 1)).isEqualTo(Consent.NONE);
    }

    @Test
    void theFirstAnswerCounts() {
        Consent declined = ASKED.answered(Said.words("No.", 5_400), 12_000, 1);
        assertThat(declined.answered(Said.words("Yes.", 9_000), 15_000, 2)).isEqualTo(declined);
        assertThat(declined.asked(20_000, 10_000)).isEqualTo(declined);
    }

    @Test
    void aYesToSomethingThatWasAskedSinceIsNone() {
        Consent lapsed = ASKED.lapsed(18_000);
        assertThat(lapsed.state()).isEqualTo(State.UNCLEAR);
        assertThat(lapsed.answered(Said.words("Yes.", 9_000), 19_000, 1)).isEqualTo(lapsed);
    }

    @Test
    void aConsentCanBeTakenBackAndIsNotGivenAgain() {
        Consent agreed = ASKED.answered(Said.words("Yes.", 5_400), 12_000, 1);
        assertThat(agreed.answered(Said.words("When are you open?", 20_000), 30_000, 2))
                .isEqualTo(agreed);
        assertThat(agreed.only(Said.words("Please stop recording.", 5_400), 3)).isEqualTo(Verdict.DECLINED);

        Consent taken = agreed.answered(Said.words("Please stop recording.", 40_000), 50_000, 3);

        assertThat(taken).isEqualTo(new Consent(State.DECLINED, 10_000, 5_000, 50_000, 3, By.WORDS));
        assertThat(taken.only(Said.words("Please stop recording.", 5_400), 3))
                .as("another agent answers it again")
                .isEqualTo(Verdict.DECLINED);
        assertThat(taken.answered(Said.words("Yes.", 60_000), 70_000, 4)).isEqualTo(taken);
        assertThat(ASKED.lapsed(18_000).only(Said.words("Stop recording.", 5_400), 2))
                .as("nothing is recorded")
                .isEqualTo(Verdict.UNCLEAR);
    }

    @Test
    void aTurnThatSaysNothingElseNeedsNoModel() {
        assertThat(ASKED.only(Said.words("Yes.", 5_400), 1)).isEqualTo(Verdict.AGREED);
        assertThat(ASKED.only(Said.words("Yes, when are you open?", 5_400), 1)).isEqualTo(Verdict.UNCLEAR);
        Consent agreed = ASKED.answered(Said.words("Yes.", 5_400), 12_000, 1);
        assertThat(agreed.only(Said.words("Yes.", 5_400), 1))
                .as("another agent answers it again")
                .isEqualTo(Verdict.AGREED);
        assertThat(agreed.only(Said.words("Yes.", 5_400), 2))
                .as("it answers something else")
                .isEqualTo(Verdict.UNCLEAR);
        assertThat(Consent.NONE.only(Said.words("Yes.", 5_400), 1)).isEqualTo(Verdict.UNCLEAR);
    }
}
