package dev.dialplane.gateway.carrier.twilio;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.dialplane.gateway.carrier.CarrierMessage;
import dev.dialplane.gateway.carrier.MarkName;
import dev.dialplane.gateway.ingress.Ingress;

/** Whatever bytes come on a media socket: the parser says what they are, and what it lets through does no harm behind it. */
class TwilioParserFuzzTest {
    private static final TwilioParser PARSER = new TwilioParser();

    @FuzzTest(maxDuration = "5m")
    void anyBytesAreAMessageOrMalformed(byte[] bytes) {
        Ingress ingress = new Ingress(8_000, 1, (byte) 0xFF, (time, payload, concealed) -> {
            if (payload.length != 160 || time < 0) {
                throw new IllegalStateException("a frame of " + payload.length + " bytes at " + time);
            }
        });
        long now = 0;
        // Messages one a line, as they would come one after another.
        for (byte[] line : lines(bytes)) {
            now += 20_000_000;
            switch (PARSER.parse(line)) {
                case CarrierMessage.Media media ->
                    ingress.media(now, media.chunk(), media.timestamp(), media.payload());
                case CarrierMessage.Mark mark -> MarkName.parse(mark.name());
                case CarrierMessage.Start start -> new TwilioWriter(start.streamId()).media(new byte[160]);
                case CarrierMessage.Connected c -> {}
                case CarrierMessage.Dtmf d -> {}
                case CarrierMessage.Stop s -> {}
                case CarrierMessage.Unknown u -> {}
                case CarrierMessage.Malformed m -> {}
            }
            ingress.tick(now);
        }
    }

    private static java.util.List<byte[]> lines(byte[] bytes) {
        java.util.List<byte[]> lines = new java.util.ArrayList<>();
        int from = 0;
        for (int i = 0; i <= bytes.length; i++) {
            if (i == bytes.length || bytes[i] == '\n') {
                lines.add(java.util.Arrays.copyOfRange(bytes, from, i));
                from = i + 1;
            }
        }
        return lines;
    }
}
