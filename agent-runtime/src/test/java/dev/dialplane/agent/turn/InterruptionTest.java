package dev.dialplane.agent.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.agent.turn.Interruption.Decision;
import dev.dialplane.agent.turn.Interruption.Evidence;
import dev.dialplane.agent.turn.Interruption.Mode;
import dev.dialplane.agent.turn.Interruption.Reaction;
import dev.dialplane.agent.turn.Interruption.Rules;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InterruptionTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // words                          | dB below usual | echo
                "nine to six monday               | 15 | true",
                "nine two six monday to saturday  | 15 | true",
                "nine to six monday               | 0  | false",
                "from nine to six monday to       | 0  | true",
                "from nine to six monday to       | 3  | false",
                "sunday                           | 15 | false",
                "monday                           | 15 | true",
                "monday                           | 3  | false",
                "what about sunday                | 15 | false",
                "monday six nine from             | 15 | false"
            })
    void wordsThatTheAgentHasJustSaidAreItsOwnWhereTheyAreQuieterThanTheCaller(
            String words, double below, boolean echo) {
        List<String> said = Words.of("We are open from nine to six, Monday to Saturday, and on Sundays");

        assertThat(Interruption.isEcho(Words.of(words), said, below)).isEqualTo(echo);
    }

    @Test
    void aWordOrTwoFromFarBehindTheCallerAreSomebodyElses() {
        assertThat(Interruption.isDistant(List.of("dinner"), 15)).isTrue();
        assertThat(Interruption.isDistant(List.of("dinner"), 12)).isFalse();
        assertThat(Interruption.isDistant(List.of("no", "i", "said", "tuesday"), 15))
                .as("a sentence is meant")
                .isFalse();
    }

    @Test
    void whatTheAgentSaidLongAgoDoesNotComeBack() {
        List<String> said =
                Words.of("We are open from nine to six, and this is the rest of a very long sentence that goes"
                        + " on and on about this and that");

        assertThat(Interruption.isEcho(Words.of("open from nine to six"), said, 20))
                .isFalse();
    }

    @Test
    void aListenersSoundIsNoneHoweverLong() {
        Interruption.Rules rules = new Interruption.Rules(Interruption.Mode.PAUSE_THEN_DECIDE, 500, 1, 700, 2000);

        assertThat(Interruption.wasListening(rules, 0)).isTrue();
        assertThat(Interruption.wasListening(rules, 1)).isFalse();
        assertThat(Interruption.wasListening(
                        new Interruption.Rules(Interruption.Mode.PAUSE_THEN_DECIDE, 500, 0, 700, 2000), 0))
                .as("any speech interrupts")
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({"PAUSE_THEN_DECIDE, PAUSE", "IMMEDIATE, INTERRUPT", "NEVER, IGNORE"})
    void thePoolsModeSaysWhatTheFirstSpeechDoes(Mode mode, Reaction reaction) {
        assertThat(Interruption.atSpeech(mode)).isEqualTo(reaction);
    }

    /** minSpeech 500 ms, minWords 2, decideWithin 700 ms. */
    @ParameterizedTest(name = "{5} after {0} ms: {1} ms of speech, goes on {2}, {3} words, all of it {4}")
    @CsvSource({
        "100, 100, true,  2, false, INTERRUPTION",
        "100, 100, true,  1, false, UNDECIDED",
        "500, 499, true,  1, false, UNDECIDED",
        "500, 500, true,  1, false, INTERRUPTION",
        "500, 500, true,  0, false, INTERRUPTION",
        "600, 500, false, 0, false, INTERRUPTION",
        "600, 500, false, 0, true,  NOTHING",
        "600, 500, false, 1, true,  INTERRUPTION",
        "600, 300, false, 0, false, UNDECIDED",
        "600, 300, false, 1, true,  NOTHING",
        "699, 300, false, 0, false, UNDECIDED",
        "700, 300, false, 0, false, NOTHING",
        "900, 300, true,  0, false, UNDECIDED",
    })
    void enoughWordsOrEnoughSpeechAreAnInterruptionAndALateNothingIsNone(
            long sincePause, long speech, boolean speaking, int words, boolean transcribed, Decision decision) {
        Rules rules = new Rules(Mode.PAUSE_THEN_DECIDE, 500, 2, 700, 2000);

        assertThat(Interruption.decide(rules, new Evidence(sincePause, speech, speaking, words, transcribed)))
                .isEqualTo(decision);
    }

    @ParameterizedTest
    @CsvSource({"0, true", "200, false"})
    void whereNoWordIsNeededAnySpeechIsAnInterruption(long speech, boolean speaking) {
        Rules rules = new Rules(Mode.PAUSE_THEN_DECIDE, 500, 0, 700, 2000);

        assertThat(Interruption.decide(rules, new Evidence(0, speech, speaking, 0, false)))
                .isEqualTo(Decision.INTERRUPTION);
    }

    @ParameterizedTest
    @CsvSource({
        "1000, false, 0, true,  true",
        "1000, false, 0, false, false",
        "1999, false, 0, false, false",
        "2000, false, 0, false, true",
        "5000, true,  0, false, false",
        "5000, false, 1, false, false",
        "5000, false, 1, true,  false",
    })
    void anInterruptionOfWhichNoWordCameWasNothing(
            long sincePause, boolean speaking, int words, boolean transcribed, boolean nothing) {
        Rules rules = new Rules(Mode.PAUSE_THEN_DECIDE, 500, 1, 700, 2000);

        assertThat(Interruption.wasNothing(rules, sincePause, speaking, words, transcribed))
                .isEqualTo(nothing);
    }

    @ParameterizedTest
    @CsvSource({
        "PAUSE_THEN_DECIDE, 2, 1, NOTHING",
        "PAUSE_THEN_DECIDE, 2, 2, INTERRUPTION",
        "PAUSE_THEN_DECIDE, 0, 0, NOTHING",
        "PAUSE_THEN_DECIDE, 0, 1, INTERRUPTION",
        "IMMEDIATE,         1, 0, NOTHING",
        "IMMEDIATE,         1, 1, INTERRUPTION",
        "NEVER,             1, 0, UNDECIDED",
        "NEVER,             1, 9, UNDECIDED",
    })
    void wordsSpokenOverTheAgentInterruptItUnlessItFinishesFirst(Mode mode, int least, int words, Decision decision) {
        assertThat(Interruption.decideSpokenOver(new Rules(mode, 500, least, 700, 2000), words))
                .isEqualTo(decision);
    }
}
