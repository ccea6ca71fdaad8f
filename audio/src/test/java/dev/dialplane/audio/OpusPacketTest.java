package dev.dialplane.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpusPacketTest {
    private static final int FRAME = OpusPacketEncoder.FRAME;
    /** Encoder and decoder delay less than a frame. */
    private static final int MOST_DELAY = FRAME;

    private static List<byte[]> encode(short[] samples) {
        OpusPacketEncoder encoder = new OpusPacketEncoder();
        List<byte[]> packets = new ArrayList<>();
        for (int at = 0; at + FRAME <= samples.length; at += FRAME) {
            packets.add(encoder.encode(samples, at));
        }
        return packets;
    }

    private static short[] tones(int count) {
        return Tone.of(16_000, List.of(new Tone.Sine(300, -20), new Tone.Sine(740, -24), new Tone.Sine(5_100, -34)))
                .take(count);
    }

    /** The signal-to-noise ratio at the delay at which it is best, dB. */
    private static double snr(short[] before, short[] after, int from, int to) {
        double best = Double.NEGATIVE_INFINITY;
        for (int delay = 0; delay <= MOST_DELAY; delay++) {
            double signal = 0;
            double noise = 0;
            for (int i = from; i < to; i++) {
                double difference = after[i] - before[i - delay];
                signal += (double) before[i - delay] * before[i - delay];
                noise += difference * difference;
            }
            best = Math.max(best, 10 * Math.log10(signal / noise));
        }
        return best;
    }

    @Test
    void whatWasEncodedIsHeardAgain() throws Exception {
        short[] before = tones(32_000);
        OpusPacketDecoder decoder = new OpusPacketDecoder();
        short[] after = new short[before.length];
        int at = 0;
        int bytes = 0;
        for (byte[] packet : encode(before)) {
            bytes += packet.length;
            short[] frame = decoder.decode(packet);
            assertThat(frame).hasSize(FRAME);
            System.arraycopy(frame, 0, after, at, FRAME);
            at += FRAME;
        }
        // At 24 kb/s it is no coder of waveforms: each tone is there at its level, and little else.
        assertThat(snr(before, after, 8_000, 32_000)).isGreaterThan(8);
        assertThat(Spectrum.dBov(after, 8_000, 32_000, 300, 16_000)).isBetween(-21.5, -18.5);
        assertThat(Spectrum.dBov(after, 8_000, 32_000, 740, 16_000)).isBetween(-25.5, -22.5);
        // What 8 kHz would lose is there: the 5.1 kHz, to 3 dB.
        assertThat(Spectrum.dBov(after, 8_000, 32_000, 5_100, 16_000)).isGreaterThan(-37);
        assertThat(bytes * 8 / 2).as("bits a second").isBetween(10_000, 30_000);
    }

    @Test
    void aLostPacketIsMadeAgainFromTheNextOne() throws Exception {
        // A tone that rises from packet to packet: what is made of the past alone cannot know it.
        short[] before = new short[48_000];
        double phase = 0;
        for (int i = 0; i < before.length; i++) {
            phase += 2 * Math.PI * (200 + 600.0 * (i % 9_600) / 9_600) / 16_000;
            before[i] = (short) (6_000 * Math.sin(phase) + 2_000 * Math.sin(2 * phase));
        }
        List<byte[]> packets = encode(before);
        double byNext = 0;
        double byPast = 0;
        int losses = 0;
        OpusPacketDecoder knowing = new OpusPacketDecoder();
        OpusPacketDecoder guessing = new OpusPacketDecoder();
        OpusPacketDecoder whole = new OpusPacketDecoder();
        for (int i = 0; i < packets.size(); i++) {
            short[] right = whole.decode(packets.get(i));
            if (i > 20 && i % 7 == 0 && i + 1 < packets.size()) {
                byNext += distance(right, knowing.conceal(packets.get(i + 1)));
                byPast += distance(right, guessing.conceal(null));
                losses++;
            } else {
                knowing.decode(packets.get(i));
                guessing.decode(packets.get(i));
            }
        }
        assertThat(losses).isGreaterThan(15);
        assertThat(byNext).isLessThan(0.5 * byPast);
    }

    private static double distance(short[] one, short[] other) {
        assertThat(other).hasSameSizeAs(one);
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += Math.pow(one[i] - other[i], 2);
        }
        return sum;
    }

    @Test
    void whatIsNoPacketIsAnErrorAndTheStreamGoesOn() throws Exception {
        OpusPacketDecoder decoder = new OpusPacketDecoder();
        List<byte[]> packets = encode(tones(16_000));
        for (byte[] packet : packets.subList(0, 20)) {
            decoder.decode(packet);
        }
        assertThatThrownBy(() -> decoder.decode(new byte[0]))
                .isInstanceOf(OpusPacketException.class)
                .hasMessage("packet has 0 bytes, allowed are 1 to 1500");
        assertThatThrownBy(() -> decoder.decode(new byte[1_501]))
                .hasMessage("packet has 1501 bytes, allowed are 1 to 1500");
        // Code 3 with no frames.
        assertThatThrownBy(() -> decoder.decode(new byte[] {0x0B, 0}))
                .isInstanceOf(OpusPacketException.class)
                .hasMessage("packet cannot be decoded");
        assertThat(decoder.conceal(new byte[] {0x0B, 0})).hasSize(FRAME);
        short[] last = {};
        for (byte[] packet : packets.subList(20, 50)) {
            last = decoder.decode(packet);
        }
        assertThat(Level.dBov(last)).isBetween(-20.0, -15.0);
    }
}
