package dev.dialplane.audio;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;

class OpusPacketDecoderFuzzTest {
    /** Packets behind one another, each with two bytes of its length before it: a decoder remembers what it has seen. */
    @FuzzTest(maxDuration = "5m")
    void anyBytesAreSamplesOrAnOpusPacketException(byte[] stream) {
        OpusPacketDecoder decoder = new OpusPacketDecoder();
        int at = 0;
        while (at + 2 <= stream.length) {
            int length = (stream[at] & 0xFF) << 8 | stream[at + 1] & 0xFF;
            boolean lost = length >= 0x8000;
            int from = at + 2;
            int to = Math.min(stream.length, from + (length & 0x7FFF));
            byte[] packet = Arrays.copyOfRange(stream, from, to);
            at = to;
            if (lost) {
                assertThat(decoder.conceal(packet)).hasSize(OpusPacketDecoder.FRAME);
            }
            try {
                assertThat(decoder.decode(packet)).hasSizeBetween(1, OpusPacketDecoder.MOST_SAMPLES);
            } catch (OpusPacketException e) {
                assertThat(e.getMessage()).startsWith("packet ");
            }
        }
        assertThat(decoder.conceal(null)).hasSize(OpusPacketDecoder.FRAME);
    }
}
