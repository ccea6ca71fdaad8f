package dev.dialplane.gateway.recording;

import dev.dialplane.audio.G711;
import dev.dialplane.audio.L16;
import dev.dialplane.audio.SampleCoding;
import dev.dialplane.audio.WavFormat;

/** How samples are coded on a call's wire, and so in its recording: what was said is kept as it was, not coded anew. */
public record WireFormat(int rate, SampleCoding coding) {
    int bytesPerSample() {
        return coding.bytesPerSample();
    }

    byte silence() {
        return coding.silence();
    }

    int samples(byte[] coded) {
        return coding.samples(coded.length);
    }

    long milliseconds(long samples) {
        return samples * 1_000 / rate;
    }

    WavFormat wav() {
        WavFormat.Encoding encoding = switch (coding) {
            case G711.MU_LAW -> WavFormat.Encoding.MU_LAW;
            case G711.A_LAW -> WavFormat.Encoding.A_LAW;
            case L16.LITTLE_ENDIAN -> WavFormat.Encoding.PCM_16;
        };
        return new WavFormat(encoding, rate, 2);
    }
}
