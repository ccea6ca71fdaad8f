package dev.dialplane.agent.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.agent.turn.Agreement.Verdict;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgreementTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    Yes.                                            | AGREED   | true
                    Yeah, that's fine.                              | AGREED   | true
                    Um, yes please.                                 | AGREED   | true
                    Sure, go ahead.                                 | AGREED   | true
                    Okay.                                           | AGREED   | true
                    All right.                                      | AGREED   | true
                    That's all right with me.                       | AGREED   | true
                    No problem.                                     | AGREED   | true
                    I don't mind.                                   | AGREED   | true
                    Of course you can record it.                    | AGREED   | false
                    Yes, I would like to book an appointment.       | AGREED   | false
                    Haan ji, theek hai.                             | AGREED   | true
                    हाँ, ठीक है।                                      | AGREED   | true
                    No.                                             | DECLINED | true
                    No, thank you.                                  | DECLINED | true
                    Please don't record this call.                  | DECLINED | true
                    I would rather not.                             | DECLINED | true
                    Yes. No, wait, I'd prefer not to be recorded.   | DECLINED | false
                    Nahi.                                           | DECLINED | true
                    नहीं।                                             | DECLINED | true
                    Okay, when are you open?                        | UNCLEAR  | false
                    Right, so I lost my card.                       | UNCLEAR  | false
                    When are you open?                              | UNCLEAR  | false
                    I want to book an appointment.                  | UNCLEAR  | false
                    Good morning.                                   | UNCLEAR  | false
                    Yes?                                            | UNCLEAR  | true
                    Hello?                                          | UNCLEAR  | true
                    Oui.                                            | UNCLEAR  | false
                    ''                                              | UNCLEAR  | true
                    """)
    void onlyWhatIsClearlyAYesIsOne(String text, Verdict verdict, boolean all) {
        assertThat(Agreement.of(text)).isEqualTo(new Agreement(verdict, all));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ''                    | 1    | AGREED   | true
                    ''                    | 1#   | AGREED   | true
                    ''                    | 11   | AGREED   | true
                    ''                    | 2    | DECLINED | true
                    ''                    | 9    | DECLINED | true
                    ''                    | 0    | DECLINED | true
                    ''                    | *    | DECLINED | true
                    ''                    | #    | DECLINED | true
                    ''                    | 2#   | DECLINED | true
                    ''                    | 12   | DECLINED | false
                    ''                    | 21   | DECLINED | false
                    ''                    | 4711 | DECLINED | false
                    Yes.                  | 1    | AGREED   | true
                    Yes?                  | 1    | AGREED   | true
                    Um, hello?            | 1    | AGREED   | true
                    When are you open?    | 1    | AGREED   | false
                    No.                   | 1    | DECLINED | true
                    Yes.                  | 2    | DECLINED | true
                    When are you open?    | 2    | DECLINED | false
                    Yes.                  | ''   | AGREED   | true
                    """)
    void oneKeyAgreesAndEveryOtherDeclines(String text, String keys, Verdict verdict, boolean all) {
        assertThat(Agreement.of(text, keys)).isEqualTo(new Agreement(verdict, all));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    Please stop recording.                          | DECLINED | true
                    Could you stop the recording now?               | DECLINED | true
                    Sorry, can you turn the recording off?          | DECLINED | true
                    Actually, I don't want to be recorded.          | DECLINED | true
                    Do not record this call.                        | DECLINED | true
                    Delete the recording, and call me back.         | DECLINED | false
                    Recording band karo.                            | DECLINED | true
                    रिकॉर्डिंग बंद कीजिए।                              | DECLINED | true
                    Switch off this call recording, please.         | DECLINED | true
                    I would rather not be recorded.                 | DECLINED | true
                    I'd prefer not to be recorded, thanks.          | DECLINED | true
                    I do not agree to being recorded.               | DECLINED | true
                    Please go on without recording this.            | DECLINED | false
                    Don't you have a record of my booking?          | UNCLEAR  | false
                    You did not record my last order.               | UNCLEAR  | false
                    At the end you want to record my name?          | UNCLEAR  | false
                    Please turn the recording on.                   | UNCLEAR  | false
                    Is the recording off?                           | UNCLEAR  | false
                    I heard the recording, don't call me.           | UNCLEAR  | false
                    It was not recorded in your books.              | UNCLEAR  | false
                    I have a recording of the last call.            | UNCLEAR  | false
                    No.                                             | UNCLEAR  | false
                    Stop.                                           | UNCLEAR  | false
                    ''                                              | UNCLEAR  | false
                    """)
    void aConsentIsTakenBackInSoManyWords(String text, Verdict verdict, boolean all) {
        assertThat(Agreement.withdrawal(text)).isEqualTo(new Agreement(verdict, all));
    }
}
