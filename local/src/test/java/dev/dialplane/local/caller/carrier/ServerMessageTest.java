package dev.dialplane.local.caller.carrier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.dialplane.local.caller.carrier.ServerMessage.MalformedException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerMessageTest {
    @Test
    void readsMediaMarkAndClear() throws MalformedException {
        assertThat(ServerMessage.read("{\"event\":\"media\",\"streamSid\":\"MZ1\",\"media\":{\"payload\":\"AQID\"}}"))
                .isInstanceOfSatisfying(ServerMessage.Media.class, media -> {
                    assertThat(media.streamSid()).isEqualTo("MZ1");
                    assertThat(media.muLaw()).containsExactly(1, 2, 3);
                });
        assertThat(ServerMessage.read("{\"mark\":{\"name\":\"g1-7\"},\"streamSid\":\"MZ1\",\"event\":\"mark\"}"))
                .isEqualTo(new ServerMessage.Mark("MZ1", "g1-7"));
        assertThat(ServerMessage.read("{\"event\":\"clear\",\"streamSid\":\"MZ1\",\"more\":[{\"a\":1}]}"))
                .isEqualTo(new ServerMessage.Clear("MZ1"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[]                                                                | no JSON object",
                "{                                                                 | no JSON",
                "{} {}                                                             | something follows",
                "{\"event\":\"clear\"}                                             | streamSid is missing",
                "{\"streamSid\":\"MZ1\"}                                           | event is missing",
                "{\"event\":\"media\",\"streamSid\":\"MZ1\"}                       | media.payload is missing",
                "{\"event\":\"media\",\"streamSid\":\"MZ1\",\"media\":{\"payload\":5}}     | media.payload is missing",
                "{\"event\":\"media\",\"streamSid\":\"MZ1\",\"media\":{\"payload\":\"*\"}} | media.payload is no base64",
                "{\"event\":\"mark\",\"streamSid\":\"MZ1\",\"mark\":{}}            | mark.name is missing",
                "{\"event\":\"play\",\"streamSid\":\"MZ1\"}                        | event is \"play\", allowed are media",
                "{\"a\":[[[[[[[[[[1]]]]]]]]]]}                                     | no JSON",
            })
    void saysWhatIsWrong(String text, String complaint) {
        assertThatThrownBy(() -> ServerMessage.read(text))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining(complaint);
    }

    @FuzzTest(maxDuration = "2m")
    void nothingEscapes(byte[] data) {
        try {
            ServerMessage.read(new String(data, StandardCharsets.UTF_8));
        } catch (MalformedException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }
}
