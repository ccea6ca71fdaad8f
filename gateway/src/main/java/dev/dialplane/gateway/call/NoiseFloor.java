package dev.dialplane.gateway.call;

import dev.dialplane.audio.Level;
import dev.dialplane.audio.SampleCoding;

/**
 * How loud the caller's line is when nobody speaks: the quietest frame of each of the last few seconds, so that words do
 * not count. For one thread at a time; allocates only at first.
 */
final class NoiseFloor {
    /** Frames looked at before the floor is said anew: 3 s, longer than people speak without a pause. */
    private static final int WINDOW = 150;

    private final SampleCoding coding;
    private short[] linear = new short[0];
    private int frames;
    private double quietest = 0;
    private double floor = Level.SILENCE;

    NoiseFloor(SampleCoding coding) {
        this.coding = coding;
    }

    /** One frame of the caller's; true when the floor is known anew. */
    boolean heard(byte[] frame) {
        int samples = coding.samples(frame.length);
        if (linear.length < samples) {
            linear = new short[samples];
        }
        coding.decode(frame, 0, linear, 0, samples);
        quietest = Math.min(quietest, Level.dBov(linear, 0, samples));
        if (++frames < WINDOW) {
            return false;
        }
        floor = quietest;
        frames = 0;
        quietest = 0;
        return true;
    }

    double dBov() {
        return floor;
    }
}
