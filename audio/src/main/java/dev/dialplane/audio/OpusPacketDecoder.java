package dev.dialplane.audio;

import io.github.jaredmdobson.concentus.OpusDecoder;
import io.github.jaredmdobson.concentus.OpusException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Packets of Opus (RFC 6716) to samples at 16 kHz, mono, whatever rate and however many channels they were made of.
 *
 * <p>Takes bytes from outside: what is no packet is a typed error, after which the stream goes on as if that packet had been
 * lost; nothing comes out that is longer than the 120 ms of the longest packet. For one stream and one thread. Classpath:
 * needs {@code io.github.jaredmdobson:concentus}.
 */
public final class OpusPacketDecoder {
    /** Samples a second. */
    public static final int RATE = OpusPacketEncoder.RATE;
    /** Samples of 20 ms. */
    public static final int FRAME = OpusPacketEncoder.FRAME;
    /** Bytes in a packet, at most: one frame of the most bytes that RFC 6716 has, and room for the headers of more. */
    public static final int MOST_BYTES = 1_500;
    /** Samples in a packet, at most: 120 ms. */
    public static final int MOST_SAMPLES = 6 * FRAME;

    private OpusDecoder decoder = fresh();
    private final short[] samples = new short[MOST_SAMPLES];

    private static OpusDecoder fresh() {
        try {
            return new OpusDecoder(RATE, 1);
        } catch (OpusException e) {
            throw new IllegalStateException("a decoder for " + RATE + " Hz and one channel", e);
        }
    }

    /**
     * What a packet holds.
     *
     * @return 1 to {@link #MOST_SAMPLES} samples
     * @throws OpusPacketException if it is empty, longer than {@link #MOST_BYTES}, or no packet
     */
    public short[] decode(byte[] packet) throws OpusPacketException {
        if (packet.length == 0 || packet.length > MOST_BYTES) {
            throw new OpusPacketException("packet has " + packet.length + " bytes, allowed are 1 to " + MOST_BYTES);
        }
        return run(packet, MOST_SAMPLES, false);
    }

    /**
     * 20 ms in place of a lost packet: what the next one says of it, if it does; otherwise more of what came before, fading.
     *
     * @param next the packet after the lost one; null if it is not there yet
     */
    public short[] conceal(byte @Nullable [] next) {
        try {
            boolean usable = next != null && next.length > 0 && next.length <= MOST_BYTES;
            return run(usable ? next : null, FRAME, usable);
        } catch (OpusPacketException e) {
            // The next packet is none: it will be said when it is decoded. Until then it is as if it were not there.
            return new short[FRAME];
        }
    }

    private short[] run(byte @Nullable [] packet, int most, boolean fec) throws OpusPacketException {
        try {
            int count = decoder.decode(packet, 0, packet == null ? 0 : packet.length, samples, 0, most, fec);
            if (count <= 0 || count > most) {
                throw new OpusPacketException("packet holds " + count + " samples, allowed are 1 to " + most);
            }
            return Arrays.copyOf(samples, count);
        } catch (OpusException | RuntimeException | AssertionError e) {
            // A decoder that stopped in the middle of a packet is of no use any more.
            decoder = fresh();
            throw new OpusPacketException("packet cannot be decoded", e);
        }
    }
}
