package dev.dialplane.gateway.carrier.twilio;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.dialplane.audio.G711;
import dev.dialplane.audio.L16;
import dev.dialplane.gateway.carrier.CarrierMessage;
import dev.dialplane.gateway.carrier.MarkName;
import dev.dialplane.gateway.ingress.Ingress;
import dev.dialplane.gateway.ingress.LineDecoder;
import dev.dialplane.gateway.ingress.OpusDecoder;
import dev.dialplane.gateway.ingress.SampleDecoder;
import java.nio.charset.StandardCharsets;

/** Whatever bytes come on a media socket: the parser says what they are, and what it lets through does no harm behind it. */
class TwilioParserFuzzTest {
    private static final TwilioParser PARSER = new TwilioParser();

    @FuzzTest(maxDuration = "5m")
    void anyBytesAreAMessageOrMalformed(byte[] bytes) {
        Ingress narrow = ingress(1, 8_000, new SampleDecoder(8_000, G711.MU_LAW));
        Ingress wide = ingress(2, 16_000, new SampleDecoder(16_000, L16.LITTLE_ENDIAN));
        Ingress opus = ingress(2, 16_000, new OpusDecoder());
        long now = 0;
        // Messages one a line, as they would come one after another.
        for (byte[] line : lines(bytes)) {
            now += 20_000_000;
            switch (PARSER.parse(line)) {
                case CarrierMessage.Media media -> {
                    narrow.media(
                            now,
                            media.chunk(),
                            media.timestamp(),
                            media.payload().clone());
                    wide.media(
                            now,
                            media.chunk(),
                            media.timestamp(),
                            media.payload().clone());
                    opus.media(now, media.chunk(), media.timestamp(), media.payload());
                }
                case CarrierMessage.Mark mark -> MarkName.parse(mark.name());
                case CarrierMessage.Start start -> {
                    new TwilioWriter(start.streamId()).media(new byte[160]);
                    if (MediaFormat.of(start, TwilioDialect.DEVELOPMENT.codecs()) instanceof MediaFormat.Refused refused
                            && refused.fault().getBytes(StandardCharsets.UTF_8).length > 123) {
                        throw new IllegalStateException("too long for a close frame: " + refused.fault());
                    }
                }
                case CarrierMessage.Connected c -> {}
                case CarrierMessage.Dtmf d -> {}
                case CarrierMessage.Stop s -> {}
                case CarrierMessage.Unknown u -> {}
                case CarrierMessage.Malformed m -> {}
            }
            narrow.tick(now);
            wide.tick(now);
            opus.tick(now);
        }
    }

    private static Ingress ingress(int bytesPerSample, int rate, LineDecoder decoder) {
        int frame = rate / 50 * bytesPerSample;
        return new Ingress(rate, bytesPerSample, decoder, (time, payload, concealed) -> {
            if (payload.length != frame || time < 0) {
                throw new IllegalStateException("a frame of " + payload.length + " bytes at " + time);
            }
        });
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
