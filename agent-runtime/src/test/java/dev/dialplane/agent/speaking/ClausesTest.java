package dev.dialplane.agent.speaking;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClausesTest {
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
                    a sentence ends a clause       | We are open. Come in!     | We are open./ Come in!
                    so does a question             | How are you? Fine.        | How are you?/ Fine.
                    a closing quote belongs to it  | He said "no!" and left.   | He said "no!"/ and left.
                    a comma does after two words   | Yes, of course, we are.   | Yes, of course,/ we are.
                    later only after 40 characters | Of course, on Monday, too, and on every other day, we are. | Of course,/ on Monday, too, and on every other day,/ we are.
                    without marks after 8 words    | a b c d e f g h i j k     | a b c d e f g h/ i j k
                    a title ends nothing           | Ask Dr. Rao now. Bye.     | Ask Dr. Rao now./ Bye.
                    a currency ends nothing       | That is Rs. 500. Bye.     | That is Rs. 500./ Bye.
                    nor does an initial            | Mr. J. Rao is in. Bye.    | Mr. J. Rao is in./ Bye.
                    nor e.g. in brackets           | A meal (e.g. soup) it is. | A meal (e.g. soup) it is.
                    but the pronoun I does         | So do I. Bye.             | So do I./ Bye.
                    no. is an abbreviation         | Take bus no. 5 to us. Bye. | Take bus no. 5 to us./ Bye.
                    or an answer                   | No. We are closed.        | No./ We are closed.
                    a.m. may go on                 | From 9 a.m. on. Bye.      | From 9 a.m. on./ Bye.
                    or end                         | We open at 9 a.m. Bye.    | We open at 9 a.m./ Bye.
                    a decimal point is no mark     | It is 2.5 or 1,000. Bye.  | It is 2.5 or 1,000./ Bye.
                    Hindi's mark is one            | हाँ जी। नमस्ते।               | हाँ जी।/ नमस्ते।
                    """)
    void areCutWhereAVoiceMayPause(String rule, String text, String clauses) {
        assertThat(cut(text, text.length())).as(rule).isEqualTo(List.of(clauses.split("/ ")));
    }

    /** A model's pieces may be letters, tokens or whole sentences. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 1000})
    void doNotDependOnHowTheReplyComes(int piece) {
        String text =
                "Yes, of course. Dr. Rao sees you at 9 a.m. on Monday. No. 5 is the bus that you take, and it stops right"
                        + " in front of our door. Anything else?";

        List<String> clauses = cut(text, piece);

        assertThat(String.join(" ", clauses)).isEqualTo(text);
        assertThat(clauses).isEqualTo(cut(text, text.length()));
    }

    @Test
    void aSentenceIsGivenAsSoonAsASpaceFollows() {
        Clauses clauses = new Clauses();

        assertThat(clauses.add("Of course.")).isEmpty();
        assertThat(clauses.add(" ")).containsExactly("Of course.");
    }

    @Test
    void noClauseIsMuchLongerThan200Characters() {
        List<String> clauses = cut("word ".repeat(300), 5);

        assertThat(clauses).allMatch(clause -> clause.length() <= 205);
        assertThat(String.join(" ", clauses)).isEqualTo("word ".repeat(300).strip());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n\n"})
    void ofNothingThereAreNone(String text) {
        assertThat(cut(text, 1)).isEmpty();
    }

    private static List<String> cut(String text, int piece) {
        Clauses clauses = new Clauses();
        List<String> all = new ArrayList<>();
        for (int at = 0; at < text.length(); at += piece) {
            all.addAll(clauses.add(text.substring(at, Math.min(text.length(), at + piece))));
        }
        all.addAll(clauses.finish());
        return all;
    }
}
