package dev.dialplane.inference.answers.value;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.contracts.common.v1.SlotType;
import java.time.LocalDate;
import java.time.LocalTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValuesTest {
    /** A Thursday. */
    private static final LocalDate TODAY = LocalDate.of(2026, 11, 19);

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            today                                        | 2026-11-19
            Tomorrow, please.                            | 2026-11-20
            tomorrow morning at ten                      | 2026-11-20
            the day after tomorrow                       | 2026-11-21
            Tuesday                                      | 2026-11-24
            on Tuesday                                   | 2026-11-24
            Next Tuesday.                                | 2026-11-24
            this Saturday                                | 2026-11-21
            this coming Friday                           | 2026-11-20
            Thursday                                     | 2026-11-26
            next Thursday                                | 2026-11-26
            Thursday next week                           | 2026-11-26
            next week on Friday                          | 2026-11-27
            next week Monday                             | 2026-11-23
            the third of December                        | 2026-12-03
            3rd December                                 | 2026-12-03
            December 3                                   | 2026-12-03
            December the twenty-third                    | 2026-12-23
            the twenty third of december                 | 2026-12-23
            January fifth                                | 2027-01-05
            5 January 2028                               | 2028-01-05
            1st of November                              | 2027-11-01
            24/11                                        | 2026-11-24
            24/11/2026                                   | 2026-11-24
            3-12-26                                      | 2026-12-03
            2026-12-01                                   | 2026-12-01
            the third                                    | 2026-12-03
            the 24th                                     | 2026-11-24
            the twenty-fourth                            | 2026-11-24
            on the 31st                                  | 2026-12-31
            Tuesday the 24th                             | 2026-11-24
            Tuesday, the twenty-fourth of November       | 2026-11-24
            in two weeks                                 | 2026-12-03
            in a week                                    | 2026-11-26
            a week from tomorrow                         | 2026-11-27
            in 3 days                                    | 2026-11-22
            No, make it Wednesday.                       | 2026-11-25
            Could I come on Monday morning?              | 2026-11-23
            Uh, on Fridays I can                         | 2026-11-20
            """)
    void daysAreUnderstoodAsPeopleSayThem(String said, LocalDate day) {
        assertThat(Dates.find(Words.of(said), TODAY).orElseThrow().value()).isEqualTo(day);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            yesterday
            the 31st of February
            Tuesday the 25th
            next week
            half past ten
            at four
            My name is George Miller.
            I have two questions
            first of all thank you
            1/1/2020
            99/99
            May I come?
            """)
    void whatIsNoDayToComeIsNotTakenForOne(String said) {
        assertThat(Dates.find(Words.of(said), TODAY)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Half past ten in the morning.   | 10:30
            half past 10                    | 10:30
            10:30                           | 10:30
            10.30 am                        | 10:30
            10:30 p.m.                      | 22:30
            ten thirty                      | 10:30
            at ten thirty                   | 10:30
            1030                            | 10:30
            16:45                           | 16:45
            At four in the afternoon.       | 16:00
            four                            | 16:00
            4 pm                            | 16:00
            four o'clock                    | 16:00
            nine                            | 09:00
            nine oh five                    | 09:05
            seven in the evening            | 19:00
            seven in the morning            | 07:00
            quarter to four                 | 15:45
            quarter past nine               | 09:15
            a quarter to one                | 12:45
            ten past eleven                 | 11:10
            twenty minutes to three         | 14:40
            noon                            | 12:00
            at midday                       | 12:00
            twelve                          | 12:00
            twelve thirty                   | 12:30
            midnight                        | 00:00
            tomorrow morning at ten         | 10:00
            tomorrow evening at eight       | 20:00
            nine at night                   | 21:00
            eleven in the morning, please   | 11:00
            around three                    | 15:00
            """)
    void timesAreUnderstoodAsPeopleSayThem(String said, LocalTime time) {
        assertThat(Times.find(Words.of(said), true).orElseThrow().value()).isEqualTo(time);
    }

    @ParameterizedTest
    @CsvSource({
        "in the morning",
        "I have three children",
        "in two weeks",
        "the third of December",
        "Next Tuesday.",
        "25:70"
    })
    void whatIsNoTimeIsNotTakenForOneWhenNoneWasAskedFor(String said) {
        assertThat(Times.find(Words.of(said), false)).isEmpty();
    }

    @Test
    void aDayAndATimeInOneBreathAreToldApart() {
        String said = "The third of December at four in the afternoon";
        Words words = Words.of(said);
        Found<LocalDate> day = Dates.find(words, TODAY).orElseThrow();
        assertThat(day.value()).isEqualTo(LocalDate.of(2026, 12, 3));
        assertThat(Times.find(words.without(day.start(), day.end()), false)
                        .orElseThrow()
                        .value())
                .isEqualTo(LocalTime.of(16, 0));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            98765 43210                                                     | 9876543210
            my number is nine eight seven six five four three two one zero  | 9876543210
            plus nine one double eight triple zero one two three four       | +91880001234
            +91 98765-43210                                                 | +9198765
            oh eight oh two two three three four four                       | 080223344
            """)
    void telephoneNumbersAreReadDigitByDigit(String said, String number) {
        assertThat(Numbers.telephone(Words.of(said)).orElseThrow().value()).startsWith(number);
    }

    @ParameterizedTest
    @CsvSource({"call me at five", "12 34", "no idea", "12345678901234567890"})
    void whatIsNoTelephoneNumberIsNotTakenForOne(String said) {
        assertThat(Numbers.telephone(Words.of(said))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "four of us,4",
        "twenty three,23",
        "two hundred and fifty,250",
        "12,12",
        "a couple,2",
        "one thousand two hundred,1200",
        "just me,1"
    })
    void numbersAreUnderstood(String said, int number) {
        assertThat(Numbers.find(Words.of(said)).orElseThrow().value()).isEqualTo(number);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Yes, that is right.        | YES
            Yeah.                      | YES
            that's correct             | YES
            um yes please              | YES
            Sure, go ahead             | YES
            It is right                | YES
            Sounds good to me          | YES
            Okay                       | YES
            No.                        | NO
            nope                       | NO
            No, that's not right       | NO
            That is not correct        | NO
            not really                 | NO
            that's wrong               | NO
            No problem                 | UNSAID
            Next Tuesday               | UNSAID
            what do you mean           | UNSAID
            """)
    void agreementIsToldFromRefusal(String said, Polarity polarity) {
        assertThat(Polarity.of(said)).isEqualTo(polarity);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            My name is George Miller.   | George Miller
            George Miller               | George Miller
            It's Asha.                  | Asha
            Um, this is Ravi Kumar      | Ravi Kumar
            I am Priya                  | Priya
            """)
    void namesComeWithoutTheWordsBeforeThem(String said, String name) {
        assertThat(SlotValue.find(SlotType.SLOT_TYPE_TEXT, said, Words.of(said), TODAY, true)
                        .orElseThrow()
                        .value()
                        .canonical())
                .isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            10:30 | 10:30 in the morning
            16:00 | 4 in the afternoon
            12:00 | 12 noon
            12:15 | 12:15 in the afternoon
            18:30 | 6:30 in the evening
            00:30 | 12:30 in the morning
            """)
    void timesAreSpokenWithTheirPartOfTheDay(LocalTime time, String spoken) {
        assertThat(SlotValue.of(time).spoken()).isEqualTo(spoken);
    }

    @Test
    void daysAreSpokenWithTheirWeekday() {
        assertThat(SlotValue.of(LocalDate.of(2026, 11, 24), TODAY).spoken()).isEqualTo("Tuesday, the 24th of November");
        assertThat(SlotValue.of(LocalDate.of(2028, 1, 3), TODAY).spoken()).isEqualTo("Monday, the 3rd of January 2028");
    }
}
