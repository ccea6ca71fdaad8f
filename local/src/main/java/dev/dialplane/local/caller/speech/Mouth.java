package dev.dialplane.local.caller.speech;

import dev.dialplane.audio.ComfortNoise;
import dev.dialplane.audio.G711;
import dev.dialplane.audio.Mix;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * What goes out on a caller's line: clips at exact samples over the noise of an open line. Time is counted in samples of
 * 8 kHz since the start of the media. Safe for use by many threads.
 */
public final class Mouth {
    /** Samples a second. */
    public static final int RATE = 8000;
    /** A quiet line's noise: well under speech, and not the digital zero that no telephone gives. */
    public static final double LINE_NOISE_DBOV = -65;

    private record Clip(long start, short[] samples) {
        long end() {
            return start + samples.length;
        }
    }

    private final ComfortNoise noise;
    private final List<Clip> clips = new ArrayList<>();
    private long position;

    /** A silent caller whose line noise is the {@code seed}'s. */
    public Mouth(long seed) {
        noise = new ComfortNoise(RATE, LINE_NOISE_DBOV, seed);
    }

    /**
     * Says a clip.
     *
     * @param atSample when its first sample is to go out
     * @return when it will: {@code atSample}, or the next sample that has not gone out
     */
    public synchronized long say(short[] clip, long atSample) {
        long start = Math.max(atSample, position);
        clips.add(new Clip(start, clip));
        return start;
    }

    /** The sample with which the next frame begins. */
    public synchronized long position() {
        return position;
    }

    /** Writes the next {@code frame.length} samples as µ-law. */
    public synchronized void next(byte[] frame) {
        short[] linear = new short[frame.length];
        noise.fill(linear, 0, linear.length);
        long end = position + frame.length;
        for (Iterator<Clip> each = clips.iterator(); each.hasNext(); ) {
            Clip clip = each.next();
            long from = Math.max(clip.start(), position);
            long to = Math.min(clip.end(), end);
            if (from < to) {
                Mix.add(linear, (int) (from - position), clip.samples(), (int) (from - clip.start()), (int)
                        (to - from));
            }
            if (clip.end() <= end) {
                each.remove();
            }
        }
        position = end;
        G711.MU_LAW.encode(linear, 0, frame, 0, frame.length);
    }

    /** Samples as they come out at the far end of a µ-law line. */
    public static short[] heard(byte[] muLaw) {
        short[] linear = new short[muLaw.length];
        G711.MU_LAW.decode(muLaw, 0, linear, 0, muLaw.length);
        return linear;
    }
}
