package dev.dialplane.gateway.carrier;

import dev.dialplane.audio.L16;
import dev.dialplane.audio.OpusPacketEncoder;

/**
 * A line that speaks Opus: linear frames of 20 ms at 16 kHz go out as one packet each. Marks and clears are the line's own. For
 * the line's thread.
 */
public final class OpusLine implements CarrierLine {
    private final CarrierLine line;
    private final OpusPacketEncoder encoder = new OpusPacketEncoder();
    private final short[] samples = new short[OpusPacketEncoder.FRAME];

    /** Opus over that line. */
    public OpusLine(CarrierLine line) {
        this.line = line;
    }

    @Override
    public void audio(byte[] frame) {
        L16.LITTLE_ENDIAN.decode(frame, 0, samples, 0, samples.length);
        line.audio(encoder.encode(samples, 0));
    }

    @Override
    public void mark(long generation, long sample) {
        line.mark(generation, sample);
    }

    @Override
    public void clear() {
        line.clear();
    }

    @Override
    public void close(NextStep next) {
        line.close(next);
    }
}
