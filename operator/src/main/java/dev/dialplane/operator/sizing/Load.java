package dev.dialplane.operator.sizing;

/**
 * What a pool's calls ask for.
 *
 * @param busy calls that hold an agent now
 * @param offeredErlangs mean number of calls at once had none been refused
 * @param arrivalsPerSecond all calls that come, refused ones too
 * @param growthPerSecond how fast {@code busy} rises; 0 while it falls
 */
public record Load(int busy, double offeredErlangs, double arrivalsPerSecond, double growthPerSecond) {

    /** Nobody calls. */
    public static final Load NONE = new Load(0, 0, 0, 0);
}
