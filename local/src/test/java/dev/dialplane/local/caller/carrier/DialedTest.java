package dev.dialplane.local.caller.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;

class DialedTest {
    private final Dialed dialed = Dialed.webhook(URI.create("http://127.0.0.1:8080"), "default", "receptionist")
            .knownAs(URI.create("https://voice.example.com"));

    @Test
    void aGatewayIsReachedWhereItWasDialedAndKnownByItsPublicName() {
        URI media = URI.create("wss://voice.example.com/twilio/default/receptionist/media/t");
        assertThat(dialed.reachable(media)).hasToString("ws://127.0.0.1:8080/twilio/default/receptionist/media/t");
        assertThat(dialed.known(dialed.uri()))
                .hasToString("https://voice.example.com/twilio/default/receptionist/voice");
        assertThat(dialed.known(dialed.reachable(media))).isEqualTo(media);
    }

    @Test
    void otherAddressesStayAsTheyAre() {
        URI other = URI.create("wss://gateway-7.example.com/x");
        assertThat(dialed.reachable(other)).isEqualTo(other);
        assertThat(Dialed.at(dialed.uri()).reachable(other)).isEqualTo(other);
    }

    @Test
    void aMediaSocketWithoutATokenHasThePoolsName() {
        assertThat(Dialed.socket(URI.create("http://127.77.0.3:8080"), "ns", "pool")
                        .uri())
                .hasToString("ws://127.77.0.3:8080/twilio/ns/pool");
    }
}
