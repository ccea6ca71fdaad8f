package dev.dialplane.gateway.carrier.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TwilioSignatureTest {
    /** The example of Twilio's documentation on request security. */
    private static final String URL = "https://mycompany.com/myapp.php?foo=1&bar=2";

    private static final Map<String, List<String>> PARAMETERS = Map.of(
            "Digits", List.of("1234"),
            "To", List.of("+18005551212"),
            "From", List.of("+14158675309"),
            "Caller", List.of("+14158675309"),
            "CallSid", List.of("CA1234567890ABCDE"));
    private static final String SIGNATURE = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";

    @Test
    void theDocumentedExample() {
        assertThat(TwilioSignature.sign("12345", URL, PARAMETERS)).isEqualTo(SIGNATURE);
        assertThat(TwilioSignature.matches(List.of("12345"), URL, PARAMETERS, SIGNATURE))
                .isTrue();
    }

    @Test
    void anyOfSeveralTokensMayHaveSigned() {
        assertThat(TwilioSignature.matches(List.of("new", "12345"), URL, PARAMETERS, SIGNATURE))
                .isTrue();
    }

    @Test
    void whateverDiffersIsRefused() {
        assertThat(TwilioSignature.matches(List.of("12346"), URL, PARAMETERS, SIGNATURE))
                .isFalse();
        assertThat(TwilioSignature.matches(List.of("12345"), URL + "3", PARAMETERS, SIGNATURE))
                .isFalse();
        assertThat(TwilioSignature.matches(List.of("12345"), URL, Map.of(), SIGNATURE))
                .isFalse();
        assertThat(TwilioSignature.matches(List.of("12345"), URL, PARAMETERS, ""))
                .isFalse();
        assertThat(TwilioSignature.matches(List.of("12345"), URL, PARAMETERS, null))
                .isFalse();
        assertThat(TwilioSignature.matches(List.of(), URL, PARAMETERS, SIGNATURE))
                .isFalse();
    }
}
