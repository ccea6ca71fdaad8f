package dev.dialplane.inference.speaking;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.dialplane.inference.speaking.wording.Wording;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpokenFormTest {
    private static String aloud(String language, String text) {
        return SpokenForm.of(text, Wording.of(Locale.forLanguageTag(language))).text();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            at 10:30 in the morning.        | at ten thirty in the morning.
            9:05, or 9:00                   | nine oh five, or nine o'clock
            10:30pm                         | ten thirty p m
            10:30 a.m. or 4 pm.             | ten thirty a m. or four p m.
            at 10.30 or 10.30               | at ten thirty or ten point three
            9 o'clock                       | nine o'clock
            5 amazing doctors               | five amazing doctors
            the 24th of November            | the twenty-fourth of November
            the 3rd, the 31st               | the third, the thirty-first
            on 2026-12-01.                  | on the first of December, twenty twenty-six.
            on 24/11/2026                   | on the twenty-fourth of November, twenty twenty-six
            on 24/13/2026                   | on 24/13/2026
            call +918000000009.             | call plus nine one eight zero, zero zero zero zero, zero zero zero nine.
            9876543210                      | nine eight seven six five, four three two one zero
            98765-43210                     | nine eight seven six five, four three two one zero
            your OTP 4821, room 482         | your OTP four eight two one, room four hundred eighty-two
            PIN 0421                        | PIN zero four two one
            ₹1,500                          | one thousand five hundred rupees
            ₹1,25,000.                      | one hundred twenty-five thousand rupees.
            Rs. 99.50 or Rs 1               | ninety-nine rupees and fifty paise or one rupee
            Rs 5 lakh                       | five lakh rupees
            ₹500/-                          | five hundred rupees
            ($12.01)                        | (twelve dollars and one cent)
            fifteen hours 5                 | fifteen hours five
            15% off, 3.5 km, 1 km           | fifteen percent off, three point five kilometers, one kilometer
            20km and 38.5°C                 | twenty kilometers and thirty-eight point five degrees Celsius
            2-3 days, 9–18                  | two to three days, nine to eighteen
            Dr. Rao & Mr. Iyer              | doctor Rao and mister Iyer
            in the U.S.A. we say "Hi!"      | in the U.S.A. we say "Hi!"
            12 M G Road                     | twelve M G Road
            25:99                           | 25:99
            A12, 24/7, v1.2.3               | A12, 24/7, v1.2.3
            """)
    void englishIsWrittenOutAsItIsSpoken(String text, String aloud) {
        assertThat(aloud("en-GB", text)).isEqualTo(aloud);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            en-IN | ₹1,25,000      | one lakh twenty-five thousand rupees
            en-US | on 11/24/2026  | on the twenty-fourth of November, twenty twenty-six
            en-us | on 11/24/2026  | on the twenty-fourth of November, twenty twenty-six
            """)
    void theRegionCounts(String language, String text, String aloud) {
        assertThat(aloud(language, text)).isEqualTo(aloud);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            कल 10:30 बजे आइए।               | कल साढ़े दस बजे आइए।
            10:15 बजे या 10:45 बजे            | सवा दस बजे या पौने ग्यारह बजे
            1:30 और 2:30                   | डेढ़ बजे और ढाई बजे
            12:45 बजे, 11:45 बजे             | पौन बजे, पौने बारह बजे
            9:20 बजे                        | नौ बजकर बीस मिनट
            5 बजे                           | पाँच बजे
            5 pm                           | शाम पाँच बजे
            १०:३० बजे                       | साढ़े दस बजे
            ₹1,25,000                      | एक लाख पच्चीस हज़ार रुपये
            ₹99.50                         | निन्यानबे रुपये पचास पैसे
            ₹5 लाख                         | पाँच लाख रुपये
            आपका OTP 4821 है                | आपका OTP चार आठ दो एक है
            98765-43210                    | नौ आठ सात छह पाँच, चार तीन दो एक शून्य
            15% की छूट, 2-3 दिन              | पन्द्रह प्रतिशत की छूट, दो से तीन दिन
            24वें, 3वीं                       | चौबीसवें, तीसरी
            2026-11-24 को                  | चौबीस नवंबर दो हज़ार छब्बीस को
            डॉ. राव                          | डॉक्टर राव
            """)
    void hindiIsWrittenOutAsItIsSpoken(String text, String aloud) {
        assertThat(aloud("hi", text)).isEqualTo(aloud);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            um 10:30 Uhr, 15 Euro          | um 10:30 Uhr, 15 Euro
            Tel. +49301234567              | Tel. + 4 9 3 0 1 2 3 4 5 6 7
            """)
    void aLanguageThatIsNotKnownIsLeftToTheVoiceButForTelephoneNumbers(String text, String aloud) {
        assertThat(aloud("de", text)).isEqualTo(aloud);
    }

    @FuzzTest
    void anyTextIsSaidAndItsWordsKeepTheirPlaces(FuzzedDataProvider data) {
        Wording wording = Wording.of(Locale.forLanguageTag(data.pickValue(List.of("en-IN", "hi", "de"))));
        String text = data.consumeRemainingAsString();
        List<Spoken.Span> spans = SpokenForm.of(text, wording)
                .spans(1_000, SpokenForm.of(text, wording).text());
        int before = 0;
        for (Spoken.Span span : spans) {
            assertThat(span.textStart()).isGreaterThanOrEqualTo(before);
            assertThat(span.textEnd()).isGreaterThan(span.textStart()).isLessThanOrEqualTo(text.length());
            before = span.textEnd();
        }
    }
}
