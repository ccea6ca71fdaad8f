package dev.dialplane.local.caller.carrier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.dialplane.local.caller.carrier.TwimlReader.TwimlException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TwimlReaderTest {
    @Test
    void readsAStreamWithItsActionAndParameters() throws TwimlException {
        Twiml twiml = TwimlReader.read("""
                <?xml version="1.0" encoding="UTF-8"?>
                <Response>
                  <Connect action="/twilio/ns/pool/next/token">
                    <Stream url="wss://agent.example.com/twilio/ns/pool/media/token">
                      <Parameter name="agentId" value="support-in"/>
                    </Stream>
                  </Connect>
                  <Hangup/>
                </Response>
                """);
        assertThat(twiml.verbs())
                .containsExactly(
                        new Twiml.Connect(
                                "/twilio/ns/pool/next/token",
                                "wss://agent.example.com/twilio/ns/pool/media/token",
                                Map.of("agentId", "support-in")),
                        new Twiml.Hangup());
    }

    @Test
    void readsWhatEndsOrMovesACall() throws TwimlException {
        assertThat(TwimlReader.read("<Response><Reject reason=\"busy\"/></Response>")
                        .verbs())
                .containsExactly(new Twiml.Reject("busy"));
        assertThat(TwimlReader.read("<Response><Reject/></Response>").verbs())
                .containsExactly(new Twiml.Reject("rejected"));
        assertThat(TwimlReader.read("<Response><Pause/><Dial> +91800 </Dial><Redirect>/n</Redirect></Response>")
                        .verbs())
                .containsExactly(new Twiml.Pause(1), new Twiml.Dial("+91800"), new Twiml.Redirect("/n"));
        assertThat(TwimlReader.read("<Response/>").verbs()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<Response>                                                             | no XML",
                "<Answer/>                                                              | root is <Answer>",
                "<Response><Enqueue/></Response>                                        | verb is <Enqueue>",
                "<Response><Connect/></Response>                                        | allowed is one <Stream>",
                "<Response><Connect><Stream url='http://x'/></Connect></Response>       | Stream url is \"http://x\"",
                "<Response><Connect><Stream url='wss://x/?a=b'/></Connect></Response>   | drops what follows",
                "<Response><Reject reason='tired'/></Response>                          | Reject reason is \"tired\"",
                "<Response><Pause length='-1'/></Response>                              | Pause length is \"-1\"",
                "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><Response>&b;</Response> | DOCTYPE",
            })
    void saysWhatIsWrong(String document, String complaint) {
        assertThatThrownBy(() -> TwimlReader.read(document))
                .isInstanceOf(TwimlException.class)
                .hasMessageContaining(complaint);
    }

    @FuzzTest(maxDuration = "2m")
    void nothingEscapes(byte[] data) {
        try {
            TwimlReader.read(new String(data, StandardCharsets.UTF_8));
        } catch (TwimlException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }
}
