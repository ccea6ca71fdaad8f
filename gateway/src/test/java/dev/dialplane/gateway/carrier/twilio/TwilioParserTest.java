package dev.dialplane.gateway.carrier.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.gateway.carrier.CarrierMessage;
import dev.dialplane.gateway.carrier.CarrierMessage.Fault;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TwilioParserTest {
    private final TwilioParser parser = new TwilioParser();

    private CarrierMessage parse(String json) {
        return parser.parse(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void startAsTwilioSendsIt() {
        CarrierMessage start = parse("""
                {"event":"start","sequenceNumber":"1","streamSid":"MZ1",
                 "start":{"accountSid":"AC1","streamSid":"MZ1","callSid":"CA1","tracks":["inbound"],
                          "mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},
                          "customParameters":{"agentId":"support-in"}}}""");
        assertThat(start)
                .isEqualTo(new CarrierMessage.Start(
                        "MZ1", "AC1", "CA1", "audio/x-mulaw", 8_000, 1, Map.of("agentId", "support-in")));
    }

    @Test
    void mediaAsTwilioSendsIt() {
        CarrierMessage media = parse("""
                {"event":"media","sequenceNumber":"4","streamSid":"MZ1",
                 "media":{"track":"inbound","chunk":"2","timestamp":"5","payload":"AQIDBA=="}}""");
        assertThat(media).isInstanceOfSatisfying(CarrierMessage.Media.class, m -> {
            assertThat(m.chunk()).isEqualTo(2);
            assertThat(m.timestamp()).isEqualTo(5);
            assertThat(m.payload()).containsExactly(1, 2, 3, 4);
        });
    }

    static Stream<Arguments> accepted() {
        return Stream.of(
                Arguments.of("{\"event\":\"connected\",\"protocol\":\"Call\"}", new CarrierMessage.Connected()),
                Arguments.of("{\"event\":\"stop\",\"stop\":{\"callSid\":\"CA1\"}}", new CarrierMessage.Stop()),
                Arguments.of("{\"event\":\"stop\"}", new CarrierMessage.Stop()),
                Arguments.of("{\"stop\":null,\"event\":\"stop\"}", new CarrierMessage.Stop()),
                Arguments.of("{\"dtmf\":{\"digit\":\"1\"},\"event\":\"dtmf\"}", new CarrierMessage.Dtmf("1")),
                Arguments.of("{\"event\":\"dtmf\",\"dtmf\":{\"digit\":5}}", new CarrierMessage.Dtmf("5")),
                Arguments.of("{\"event\":\"mark\",\"mark\":{\"name\":\"g1-7\"}}", new CarrierMessage.Mark("g1-7")),
                Arguments.of("{\"event\":\"weather\",\"x\":{\"y\":[1,2,{}]}}", new CarrierMessage.Unknown()),
                Arguments.of(
                        "{\"event\":\"media\",\"media\":{\"track\":\"outbound\",\"payload\":\"AA==\"}}",
                        new CarrierMessage.Unknown()));
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void isRead(String json, CarrierMessage message) {
        assertThat(parse(json)).isEqualTo(message);
    }

    @Test
    void numbersMayBeNumbersOrStringsOrMissing() {
        for (String[] pair : new String[][] {
            {"7", "140"}, {"\"7\"", "\"140\""}, {"7", "\"140\""},
        }) {
            CarrierMessage media = parse("{\"event\":\"media\",\"media\":{\"chunk\":" + pair[0] + ",\"timestamp\":"
                    + pair[1] + ",\"payload\":\"AA==\"}}");
            assertThat(media).isInstanceOfSatisfying(CarrierMessage.Media.class, m -> {
                assertThat(m.chunk()).isEqualTo(7);
                assertThat(m.timestamp()).isEqualTo(140);
            });
        }
        assertThat(parse("{\"event\":\"media\",\"media\":{\"payload\":\"AA==\"}}"))
                .isInstanceOfSatisfying(CarrierMessage.Media.class, m -> {
                    assertThat(m.chunk()).isEqualTo(-1);
                    assertThat(m.timestamp()).isEqualTo(-1);
                });
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of("", Fault.NO_EVENT),
                Arguments.of("nonsense", Fault.NOT_JSON),
                Arguments.of("[]", Fault.NO_EVENT),
                Arguments.of("\"event\"", Fault.NO_EVENT),
                Arguments.of("{}", Fault.NO_EVENT),
                Arguments.of("{\"event\":\"media\"", Fault.NOT_JSON),
                Arguments.of("{\"event\":\"media\",", Fault.NOT_JSON),
                Arguments.of("{\"event\":\"stop\"} trailing", Fault.NOT_JSON),
                Arguments.of("{\"event\":\"stop\"}{}", Fault.NOT_JSON),
                Arguments.of("{\"event\":null}", Fault.BAD_FIELD),
                Arguments.of("{\"event\":{}}", Fault.BAD_FIELD),
                Arguments.of("{\"event\":\"start\",\"start\":{\"callSid\":\"CA1\"}}", Fault.BAD_FIELD),
                Arguments.of("{\"event\":\"start\",\"streamSid\":\"MZ1\",\"start\":{}}", Fault.BAD_FIELD),
                Arguments.of("{\"event\":\"dtmf\",\"dtmf\":{\"digit\":\"12\"}}", Fault.BAD_FIELD),
                Arguments.of("{\"event\":\"dtmf\",\"dtmf\":{\"digit\":\"x\"}}", Fault.BAD_FIELD),
                Arguments.of("{\"event\":\"mark\",\"mark\":{}}", Fault.BAD_FIELD),
                Arguments.of("{\"event\":\"media\",\"media\":{}}", Fault.BAD_PAYLOAD),
                Arguments.of("{\"event\":\"media\",\"media\":{\"payload\":\"\"}}", Fault.BAD_PAYLOAD),
                Arguments.of("{\"event\":\"media\",\"media\":{\"payload\":7}}", Fault.BAD_PAYLOAD),
                Arguments.of("{\"event\":\"media\",\"media\":{\"payload\":\"*not base64*\"}}", Fault.BAD_PAYLOAD),
                Arguments.of("{\"event\":\"media\",\"media\":{\"chunk\":-1,\"payload\":\"AA==\"}}", Fault.BAD_FIELD),
                Arguments.of(
                        "{\"event\":\"media\",\"media\":{\"chunk\":\"1e9\",\"payload\":\"AA==\"}}", Fault.BAD_FIELD),
                Arguments.of(
                        "{\"event\":\"media\",\"media\":{\"timestamp\":99999999999999999999,\"payload\":\"AA==\"}}",
                        Fault.BAD_FIELD),
                Arguments.of("{\"a\":" + "[".repeat(100) + "]".repeat(100) + "}", Fault.TOO_DEEP),
                Arguments.of("{\"event\":\"" + "x".repeat(70_000) + "\"}", Fault.TOO_LONG));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void isMalformedAndSaysWhy(String json, Fault fault) {
        assertThat(parse(json)).isEqualTo(new CarrierMessage.Malformed(fault));
    }

    @Test
    void nothingOfOneMessageIsLeftInTheNext() {
        parse("{\"event\":\"media\",\"media\":{\"chunk\":9,\"payload\":\"AA==\"}}");
        assertThat(parse("{\"event\":\"media\",\"media\":{}}"))
                .isEqualTo(new CarrierMessage.Malformed(Fault.BAD_PAYLOAD));
        parse("{\"event\":\"start\",\"streamSid\":\"MZ1\",\"start\":{\"callSid\":\"CA1\"}}");
        assertThat(parse("{\"event\":\"start\",\"start\":{}}"))
                .isEqualTo(new CarrierMessage.Malformed(Fault.BAD_FIELD));
    }

    @Test
    void whatIsNotUtf8IsMalformed() {
        byte[] bytes = "{\"event\":\"stop\"}".getBytes(StandardCharsets.UTF_8);
        bytes[12] = (byte) 0xFF;
        assertThat(parser.parse(bytes)).isInstanceOf(CarrierMessage.Malformed.class);
    }
}
