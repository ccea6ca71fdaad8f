package dev.dialplane.audio;

import io.github.jaredmdobson.concentus.OpusApplication;
import io.github.jaredmdobson.concentus.OpusEncoder;
import io.github.jaredmdobson.concentus.OpusException;
import io.github.jaredmdobson.concentus.OpusSignal;
import java.util.Arrays;

/**
 * Frames of 20 ms at 16 kHz to packets of Opus (RFC 6716), mono: 24 kb/s for speech, complexity 5, with what the packet
 * before said in each one once more, so that one lost packet can be made again from the next (in-band FEC).
 *
 * <p>For one stream and one thread. Classpath: needs {@code io.github.jaredmdobson:concentus}.
 */
public final class OpusPacketEncoder {
    /** Samples a second. */
    public static final int RATE = 16_000;
    /** Samples in a frame: 20 ms. */
    public static final int FRAME = RATE / 50;
    /** Bytes in a packet, at most; RFC 6716 has 1,275 for one frame and its first byte. */
    public static final int MOST_BYTES = 1_276;

    private static final int BITRATE = 24_000;
    private static final int COMPLEXITY = 5;
    /** What the encoder is told of the line, %: without an expectation of loss it adds no FEC. */
    private static final int EXPECTED_LOSS = 5;

    private final OpusEncoder encoder;
    private final byte[] packet = new byte[MOST_BYTES];

    /** A stream that has not begun. */
    public OpusPacketEncoder() {
        try {
            encoder = new OpusEncoder(RATE, 1, OpusApplication.OPUS_APPLICATION_VOIP);
        } catch (OpusException e) {
            throw new IllegalStateException("an encoder for " + RATE + " Hz and one channel", e);
        }
        encoder.setBitrate(BITRATE);
        encoder.setComplexity(COMPLEXITY);
        encoder.setSignalType(OpusSignal.OPUS_SIGNAL_VOICE);
        encoder.setUseInbandFEC(true);
        encoder.setPacketLossPercent(EXPECTED_LOSS);
    }

    /**
     * The packet of the next frame.
     *
     * @param samples with {@link #FRAME} samples from {@code offset} on
     */
    public byte[] encode(short[] samples, int offset) {
        try {
            int length = encoder.encode(samples, offset, FRAME, packet, 0, packet.length);
            return Arrays.copyOf(packet, length);
        } catch (OpusException e) {
            throw new IllegalStateException("a frame of " + FRAME + " samples", e);
        }
    }
}
