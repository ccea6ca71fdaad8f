package dev.dialplane.operator.sizing;

/** How many agents a pool should have. */
public final class SizingRule {

    private SizingRule() {}

    /**
     * What a pool allows.
     *
     * @param fresh whether every call takes a new pod
     * @param min the fewest agents
     * @param floor the fewest at this time of day; 0 when no floor is in force
     * @param max the most agents
     * @param blocking the share of calls that may find no idle agent, above 0 and at most 0.5
     */
    public record Bounds(boolean fresh, int min, int floor, int max, double blocking) {}

    /** What decided. */
    public enum Decider {
        /** Calls at random, by {@link ErlangB}. */
        ErlangB,
        /** Calls that come faster than agents start. */
        Arrivals,
        /** {@code scaling.min}. */
        Minimum,
        /** One of {@code scaling.floors}. */
        Floor,
        /** {@code scaling.max}. */
        Maximum
    }

    /**
     * A size and its reason.
     *
     * @param agents how many
     * @param decider why so many
     */
    public record Size(int agents, Decider decider) {}

    /**
     * Returns the size for a load.
     *
     * <p>Agents that are used again: {@code busy + max(ErlangB(offered, blocking) − busy, growth·lead + z·√(2·arrivals·
     * lead))}; the second term covers the net drift of arrivals and returns while an agent starts. Agents for one call:
     * {@code busy + arrivals·lead + z·√(arrivals·lead)}, the gross arrivals while one starts.
     *
     * @param load what calls ask for
     * @param bounds what the pool allows
     * @param leadSeconds from creating a pod to an idle agent, 95th percentile
     */
    public static Size size(Load load, Bounds bounds, double leadSeconds) {
        double z = NormalQuantile.upper(bounds.blocking());
        double arriving = load.arrivalsPerSecond() * leadSeconds;
        int byErlang = 0;
        int byArrivals;
        if (bounds.fresh()) {
            byArrivals = ceil(load.busy() + arriving + z * Math.sqrt(arriving));
        } else {
            byErlang = ErlangB.agents(load.offeredErlangs(), bounds.blocking());
            byArrivals = ceil(load.busy() + load.growthPerSecond() * leadSeconds + z * Math.sqrt(2 * arriving));
        }
        Size wanted =
                byErlang >= byArrivals ? new Size(byErlang, Decider.ErlangB) : new Size(byArrivals, Decider.Arrivals);
        return clamp(wanted, bounds);
    }

    /** Holds a size within a pool's bounds; {@code max} has the last word. */
    public static Size clamp(Size wanted, Bounds bounds) {
        Size size = wanted;
        if (size.agents() < bounds.min()) {
            size = new Size(bounds.min(), Decider.Minimum);
        }
        if (size.agents() < bounds.floor()) {
            size = new Size(bounds.floor(), Decider.Floor);
        }
        if (size.agents() > bounds.max()) {
            size = new Size(bounds.max(), Decider.Maximum);
        }
        return size;
    }

    private static int ceil(double agents) {
        // A hair above a whole number is rounding, not a need for one more.
        return (int) Math.ceil(agents - 1e-9);
    }
}
