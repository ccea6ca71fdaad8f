package dev.dialplane.operator.pool;

/**
 * How calls went, as far as it tells good agents from bad ones.
 *
 * @param calls that ended
 * @param bad how many of them failed, were declined by an agent, or were short
 */
public record Tally(int calls, int bad) {

    /** No calls. */
    public static final Tally NONE = new Tally(0, 0);

    /** Returns the tally after one more call. */
    public Tally with(boolean wentBad) {
        return new Tally(calls + 1, bad + (wentBad ? 1 : 0));
    }

    /** Returns it as people write it: {@code 3 of 41}. */
    @Override
    public String toString() {
        return bad + " of " + calls;
    }
}
