package dev.dialplane.local.caller.speech;

/**
 * A stretch of samples.
 *
 * @param start the first one
 * @param end the one after the last
 */
public record Span(int start, int end) {
    /** Checks the order. */
    public Span {
        if (start < 0 || end < start) {
            throw new IllegalArgumentException("the span is " + start + " to " + end);
        }
    }

    /** How many samples. */
    public int length() {
        return end - start;
    }

    /** The same stretch, {@code by} samples later. */
    public Span shifted(int by) {
        return new Span(start + by, end + by);
    }
}
