package dev.dialplane.operator.sizing;

import dev.dialplane.operator.sizing.SizingRule.Size;
import java.util.ArrayList;
import java.util.List;

/**
 * Holds a pool's size for a while before it goes down: the target is the largest size of that while. A value; times are
 * seconds on any clock that does not go back.
 *
 * @param sizes the sizes that may still count, latest last, each smaller than those before it
 */
public record Hold(List<Sized> sizes) {

    /** Nothing to hold. */
    public static final Hold NOTHING = new Hold(List.of());

    /**
     * A size at a time.
     *
     * @param until the last time at which this was the size
     * @param size the size
     */
    public record Sized(double until, Size size) {}

    /** Takes in the size of now and forgets what was smaller. */
    public Hold with(double now, Size size) {
        List<Sized> kept = new ArrayList<>();
        for (Sized earlier : sizes) {
            if (earlier.size().agents() > size.agents()) {
                kept.add(earlier);
            }
        }
        kept.add(new Sized(now, size));
        return new Hold(List.copyOf(kept));
    }

    /** Forgets what was last right longer ago than the hold. */
    public Hold since(double time) {
        return new Hold(sizes.stream().filter(sized -> sized.until() >= time).toList());
    }

    /** Returns the largest size held, which comes first. */
    public Size target() {
        return sizes.getFirst().size();
    }

    /** Returns when the target will go down if nothing happens, given the hold; infinity when it will not. */
    public double nextChange(double holdSeconds) {
        return sizes.size() < 2 ? Double.POSITIVE_INFINITY : sizes.getFirst().until() + holdSeconds;
    }
}
