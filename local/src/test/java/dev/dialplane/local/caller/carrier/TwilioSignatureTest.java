package dev.dialplane.local.caller.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TwilioSignatureTest {
    /** The example of Twilio's page on the security of webhooks. */
    @Test
    void signsAsTwilioDocumentsIt() {
        assertThat(TwilioSignature.of(
                        "12345",
                        "https://mycompany.com/myapp.php?foo=1&bar=2",
                        Map.of(
                                "CallSid", "CA1234567890ABCDE",
                                "Caller", "+14158675309",
                                "Digits", "1234",
                                "From", "+14158675309",
                                "To", "+18005551212")))
                .isEqualTo("RSOYDt4T1cUTdK1PDd93/VVr8B8=");
    }
}
