package dev.dialplane.local.caller.report;

import dev.dialplane.audio.Resampler;
import dev.dialplane.audio.WavWriter;
import dev.dialplane.local.caller.carrier.LineLog;
import dev.dialplane.local.caller.speech.Mouth;
import java.io.IOException;
import java.nio.file.Path;

/** {@code call.wav}: stereo, 16 kHz, the caller left, the agent right as the caller's ear got it. */
public final class CallWav {
    /** Samples a second. */
    public static final int RATE = 16_000;

    private CallWav() {}

    /** Writes the file; its time 0 is the carrier's start message. */
    public static void write(Path path, LineLog log) throws IOException {
        WavWriter.write(path, RATE, wide(log.spoken()), wide(log.heard()));
    }

    private static short[] wide(byte[] muLaw) {
        return Resampler.convert(Mouth.heard(muLaw), Mouth.RATE, RATE);
    }
}
