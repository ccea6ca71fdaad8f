package dev.dialplane.agent.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.agent.turn.Thought.Expected;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ThoughtTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "...", ",", "?", "♪", "\uD83D\uDE00"})
    void withoutAWordThereIsNoThought(String text) {
        assertThat(Thought.of(text, Expected.ANYTHING)).isEqualTo(Thought.NOTHING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"I would like um", "Um.", "Tomorrow, uh,", "On, er...", "Hmm?"})
    void whoSearchesForWordsHesitates(String text) {
        assertThat(Thought.of(text, Expected.ANYTHING)).isEqualTo(Thought.HESITATING);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "I would like to",
                "I would like a cleaning and",
                "Could you tell me if",
                "My name is",
                "I want an appointment for",
                "Yes, I'd",
                "At half-past",
                "At half past",
                "We are open on",
                "That's because the",
                "Perhaps the patient may"
            })
    void aWordThatCannotEndLeavesAThoughtUnfinished(String text) {
        assertThat(Thought.of(text, Expected.ANYTHING)).isEqualTo(Thought.UNFINISHED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"I would like-", "Well, I thought…", "Well, I thought...", "I would say —"})
    void whatIsBrokenOffIsUnfinished(String text) {
        assertThat(Thought.of(text, Expected.ANYTHING)).isEqualTo(Thought.UNFINISHED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "What is it for?",
                "Who should I speak to?",
                "Where are you from?",
                "Open?",
                "What would you like?",
                "Which one can I have?"
            })
    void aQuestionIsFinishedEvenWithItsPrepositionLast(String text) {
        assertThat(Thought.of(text, Expected.ANYTHING)).isEqualTo(Thought.FINISHED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Could you tell me the?", "And?", "Do you want a?"})
    void aQuestionMarkDoesNotFinishWhatCannotEnd(String text) {
        assertThat(Thought.of(text, Expected.ANYTHING)).isEqualTo(Thought.UNFINISHED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Can you tell me?",
                "Could I speak?",
                "No, I mean.",
                "So I was wondering.",
                "My name is",
                "The number is."
            })
    void whatAnnouncesThatSomethingFollowsIsUnfinishedWhateverTheRecognizerPutsAfterIt(String text) {
        assertThat(Thought.of(text, Expected.ANYTHING)).isEqualTo(Thought.UNFINISHED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"At ten, I mean.", "Tell me the way to your office."})
    void theSameWordsMayEndAThought(String text) {
        assertThat(Thought.of(text, Expected.ANYTHING)).isEqualTo(Thought.FINISHED);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    Yes, I am.                     | FINISHED
                    I think we can.                | FINISHED
                    That is what I need.           | FINISHED
                    That's all I want.             | FINISHED
                    Tomorrow, if you can.          | FINISHED
                    I am                           | OPEN
                    I need                         | UNFINISHED
                    I think I need                 | UNFINISHED
                    I was wondering if I could     | UNFINISHED
                    We moved, and I was            | UNFINISHED
                    I call because we have         | UNFINISHED
                    The doctor is                  | UNFINISHED
                    """)
    void aVerbEndsAThoughtOnlyWhereAPronounCarriesIt(String text, Thought thought) {
        assertThat(Thought.of(text, Expected.ANYTHING)).isEqualTo(thought);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    It is       | VALUE     | UNFINISHED
                    I am        | VALUE     | UNFINISHED
                    I am        | YES_OR_NO | FINISHED
                    It is       | YES_OR_NO | FINISHED
                    """)
    void itIsAnswersAYesOrNoQuestionAndBeginsAValue(String text, Expected expected, Thought thought) {
        assertThat(Thought.of(text, expected)).isEqualTo(thought);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    nine eight four                          | DICTATING
                    My number is 98450                       | DICTATING
                    98450 123                                | DICTATING
                    9 8 4 5 0 1 2 3 4                        | DICTATING
                    nine eight four,                         | DICTATING
                    98450 12345                              | FINISHED
                    nine eight four five oh one two three four five | FINISHED
                    nine eight triple five one two three four five  | FINISHED
                    nine eight double five one two three four five  | DICTATING
                    9845012345,                              | OPEN
                    At ten thirty                            | FINISHED
                    At 10 30                                 | FINISHED
                    On the 24                                | FINISHED
                    Five                                     | OPEN
                    """)
    void fewerDigitsThanANumberHasAreStillBeingDictated(String text, Thought thought) {
        assertThat(Thought.of(text, Expected.ANYTHING)).isEqualTo(thought);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    Yes                   | ANYTHING  | FINISHED
                    Thank you             | ANYTHING  | FINISHED
                    Why                   | ANYTHING  | FINISHED
                    Cleaning please       | ANYTHING  | FINISHED
                    Tomorrow              | ANYTHING  | OPEN
                    Two people            | NOTHING   | OPEN
                    Tomorrow              | VALUE     | FINISHED
                    Definitely            | YES_OR_NO | FINISHED
                    I want a cleaning     | ANYTHING  | FINISHED
                    मुझे अपॉइंटमेंट चाहिए            | ANYTHING  | FINISHED
                    """)
    void aShortThoughtIsFinishedIfItIsWholeOrWasAskedFor(String text, Expected expected, Thought thought) {
        assertThat(Thought.of(text, expected)).isEqualTo(thought);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Yes,", "Okay,", "Yes, please,", "Thank you,", "No, thanks,", "That's right,"})
    void aCommaAfterAWordThatUsuallyEndsATurnLeavesItOpen(String text) {
        assertThat(Thought.of(text, Expected.ANYTHING)).isEqualTo(Thought.OPEN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "I would like to book an appointment, please,",
                "A cleaning, please,",
                "That's all, thank you,",
                "No, that is all. Goodbye,"
            })
    void nothingIsAddedToASentenceThatHasBeenClosedPolitely(String text) {
        assertThat(Thought.of(text, Expected.ANYTHING)).isEqualTo(Thought.FINISHED);
    }

    /** If it was asked for. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    Half-past ten in the morning,     | FINISHED
                    On Tuesday at ten in the morning, | FINISHED
                    Tomorrow, at 11 at night,         | FINISHED
                    Ten a.m.,                         | FINISHED
                    10 pm,                            | FINISHED
                    Half-past ten,                    | OPEN
                    Half past ten,                    | OPEN
                    Tuesday,                          | OPEN
                    On Tuesday,                       | OPEN
                    Next week,                        | OPEN
                    Tomorrow, in the morning,         | OPEN
                    Tuesday, the fifth,               | OPEN
                    The second of May,                | OPEN
                    May 5,                            | OPEN
                    The 5th,                          | OPEN
                    At ten thirty,                    | OPEN
                    10:30,                            | OPEN
                    Tuesday at 10,                    | OPEN
                    Noon,                             | OPEN
                    """)
    void aCommaAfterADayOrATimeLeavesItOpenUnlessItIsAWholeTimeOfDay(String text, Thought askedFor) {
        assertThat(Thought.of(text, Expected.VALUE)).isEqualTo(askedFor);
        assertThat(Thought.of(text, Expected.ANYTHING)).isEqualTo(Thought.COMMA);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a cleaning, a check-up,",
                "A cleaning,",
                "Monday, Tuesday,",
                "In the morning, in the afternoon,",
                "I would like to book an appointment,",
                "Good morning,",
                "Nine,",
                "Well, I don't know why,",
                "First,"
            })
    void aCommaAfterAnythingElseSaysThatMoreComes(String text) {
        assertThat(Thought.of(text, Expected.VALUE)).isEqualTo(Thought.COMMA);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Half-past,", "On Tuesday at,", "The,", "Not today, because,"})
    void aCommaDoesNotMakeMoreOfAWordThatCannotEnd(String text) {
        assertThat(Thought.of(text, Expected.VALUE)).isEqualTo(Thought.UNFINISHED);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    Could I speak to?                     | UNFINISHED
                    Is it possible to                     | UNFINISHED
                    Can I make an appointment with?       | UNFINISHED
                    Could you check?                      | UNFINISHED
                    Who could I speak to?                 | FINISHED
                    Can I ask what it is for?             | FINISHED
                    Do you have somebody whom I can talk to? | FINISHED
                    Is there anybody there I can speak to? | FINISHED
                    Could I speak to him?                 | FINISHED
                    Could you check that?                 | FINISHED
                    """)
    void whoeverAsksWhetherSomethingIsSoNamesIt(String text, Thought thought) {
        assertThat(Thought.of(text, Expected.ANYTHING)).isEqualTo(thought);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    I have two questions.             | OPEN
                    Hello, I have a question.         | OPEN
                    There is one more thing.          | OPEN
                    I have a question about the bill. | FINISHED
                    """)
    void whatIsOnlyAnnouncedFollowsOrIsAskedFor(String text, Thought thought) {
        assertThat(Thought.of(text, Expected.ANYTHING)).isEqualTo(thought);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    On the second of May.   | FINISHED
                    In May.                 | OPEN
                    The patient may         | UNFINISHED
                    """)
    void theMonthOfMayIsNoVerb(String text, Thought thought) {
        assertThat(Thought.of(text, Expected.ANYTHING)).isEqualTo(thought);
    }

    @ParameterizedTest
    @CsvSource({
        "NOTHING, false",
        "HESITATING, false",
        "UNFINISHED, false",
        "COMMA, false",
        "DICTATING, false",
        "OPEN, true",
        "FINISHED, true"
    })
    void aReplyIsBegunAheadOnlyWhereTheThoughtMayBeAll(Thought thought, boolean begun) {
        assertThat(thought.mayBeAll()).isEqualTo(begun);
    }
}
