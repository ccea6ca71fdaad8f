package dev.dialplane.gateway.ingress;

import dev.dialplane.audio.L16;
import dev.dialplane.audio.OpusPacketDecoder;
import dev.dialplane.audio.OpusPacketException;
import org.jspecify.annotations.Nullable;

/** Packets of Opus, one a payload, to linear samples at 16 kHz; what is lost, the codec itself conceals. */
public final class OpusDecoder implements LineDecoder {
    private final OpusPacketDecoder decoder = new OpusPacketDecoder();

    /** A line on which nothing came. */
    public OpusDecoder() {}

    @Override
    public byte @Nullable [] decode(byte[] payload) {
        try {
            return linear(decoder.decode(payload));
        } catch (OpusPacketException e) {
            return null;
        }
    }

    @Override
    public byte[] conceal(byte @Nullable [] next) {
        return linear(decoder.conceal(next));
    }

    private static byte[] linear(short[] samples) {
        byte[] bytes = new byte[2 * samples.length];
        L16.encode(samples, 0, bytes, 0, samples.length);
        return bytes;
    }
}
