package dev.dialplane.gateway.playout;

import dev.dialplane.audio.ComfortNoise;
import dev.dialplane.audio.SampleCoding;

/**
 * Comfort noise in a line's own coding, at the level of the caller's own quiet. Allocates only when the level moves.
 */
public final class LineNoise {
    /** The level before the caller's floor is known: RFC 3389's noise at a level people take for an open line. */
    public static final double DEFAULT_DBOV = -60;

    private static final double STEP_DB = 6;
    private static final double LOUDEST_DBOV = -45;
    private static final double QUIETEST_DBOV = -75;

    private final int sampleRate;
    private final SampleCoding coding;
    private final long seed;
    private double dBov = DEFAULT_DBOV;
    private ComfortNoise noise;
    private short[] linear = new short[0];

    /** Noise for one line. */
    public LineNoise(int sampleRate, SampleCoding coding, long seed) {
        this.sampleRate = sampleRate;
        this.coding = coding;
        this.seed = seed;
        noise = new ComfortNoise(sampleRate, dBov, seed);
    }

    /** Follows the caller's floor, in dBov, in steps of 6 dB and between -75 and -45. */
    public void follow(double floorDBov) {
        double wanted = Math.clamp(floorDBov, QUIETEST_DBOV, LOUDEST_DBOV);
        if (Math.abs(wanted - dBov) >= STEP_DB) {
            dBov = wanted;
            noise = new ComfortNoise(sampleRate, dBov, seed);
        }
    }

    /** Writes {@code samples} samples from byte {@code offset} on. */
    public void fill(byte[] out, int offset, int samples) {
        if (linear.length < samples) {
            linear = new short[samples];
        }
        noise.fill(linear, 0, samples);
        coding.encode(linear, 0, out, offset, samples);
    }
}
