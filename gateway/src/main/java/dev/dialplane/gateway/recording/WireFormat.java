package dev.dialplane.gateway.recording;

import dev.dialplane.audio.G711;
import dev.dialplane.audio.WavFormat;
import org.jspecify.annotations.Nullable;

/**
 * How samples are coded on a call's wire, and so in its recording: what was said is kept as it was, not coded anew.
 *
 * @param law null for 16-bit linear, little-endian
 */
public record WireFormat(int rate, @Nullable G711 law) {
    int bytesPerSample() {
        return law == null ? 2 : 1;
    }

    byte silence() {
        return law == null ? 0 : law.silence();
    }

    int samples(byte[] coded) {
        return coded.length / bytesPerSample();
    }

    long milliseconds(long samples) {
        return samples * 1_000 / rate;
    }

    WavFormat wav() {
        WavFormat.Encoding encoding = switch (law) {
            case MU_LAW -> WavFormat.Encoding.MU_LAW;
            case A_LAW -> WavFormat.Encoding.A_LAW;
            case null -> WavFormat.Encoding.PCM_16;
        };
        return new WavFormat(encoding, rate, 2);
    }
}
