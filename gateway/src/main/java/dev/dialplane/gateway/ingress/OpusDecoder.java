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
            return L16.LITTLE_ENDIAN.encode(decoder.decode(payload));
        } catch (OpusPacketException e) {
            return null;
        }
    }

    @Override
    public byte[] conceal(byte @Nullable [] next) {
        return L16.LITTLE_ENDIAN.encode(decoder.conceal(next));
    }
}
