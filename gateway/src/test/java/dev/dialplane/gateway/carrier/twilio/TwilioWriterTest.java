package dev.dialplane.gateway.carrier.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TwilioWriterTest {
    private final TwilioWriter writer = new TwilioWriter("MZ1");

    @Test
    void mediaAsTwilioTakesIt() {
        assertThat(writer.media(new byte[] {1, 2, 3, 4}))
                .isEqualTo("{\"event\":\"media\",\"streamSid\":\"MZ1\",\"media\":{\"payload\":\"AQIDBA==\"}}");
        assertThat(writer.media(new byte[] {1}))
                .as("nothing of a longer one is left")
                .isEqualTo("{\"event\":\"media\",\"streamSid\":\"MZ1\",\"media\":{\"payload\":\"AQ==\"}}");
    }

    @Test
    void framesOfAnySize() {
        for (int size : new int[] {0, 160, 161, 5_000, 160}) {
            String message = writer.media(new byte[size]);
            assertThat(message).endsWith("\"}}").startsWith("{\"event\":\"media\"");
            assertThat(message.length() - writer.media(new byte[0]).length()).isEqualTo((size + 2) / 3 * 4);
        }
    }

    @Test
    void markAndClear() {
        assertThat(writer.mark(7, 800))
                .isEqualTo("{\"event\":\"mark\",\"streamSid\":\"MZ1\",\"mark\":{\"name\":\"g7-800\"}}");
        assertThat(writer.clear()).isEqualTo("{\"event\":\"clear\",\"streamSid\":\"MZ1\"}");
    }

    @Test
    void aStreamsIdCannotBreakOutOfItsString() {
        assertThat(new TwilioWriter("\"},\n\\é").clear())
                .isEqualTo("{\"event\":\"clear\",\"streamSid\":\"\\u0022},\\u000a\\u005c\\u00e9\"}");
    }

    @Test
    void documentsEscapeWhatTheyHold() {
        assertThat(TwiML.dial("<&\"'>")).contains("<Dial>&lt;&amp;&quot;&apos;&gt;</Dial>");
        assertThat(TwiML.connect("wss://a/b?c&d", "https://e")).contains("<Stream url=\"wss://a/b?c&amp;d\"/>");
    }
}
