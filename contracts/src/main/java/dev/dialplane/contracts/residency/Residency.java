package dev.dialplane.contracts.residency;

import java.util.List;

/** The regions that a pool allows. */
public final class Residency {

    private Residency() {}

    /**
     * Whether something may be in a region.
     *
     * @param allowed the pool's regions; empty: any
     * @param region where it is, spelled as the pool does; empty where that is not said, which only a pool that allows any
     *     region takes
     */
    public static boolean allows(List<String> allowed, String region) {
        return allowed.isEmpty() || allowed.contains(region);
    }
}
