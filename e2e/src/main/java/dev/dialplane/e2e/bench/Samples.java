package dev.dialplane.e2e.bench;

import java.util.Arrays;

/** Every sample of a benchmark, kept whole so that percentiles are exact. Safe for many threads. */
final class Samples {
    private double[] values = new double[1024];
    private int size;
    private boolean sorted;

    synchronized void add(double value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, size * 2);
        }
        values[size++] = value;
        sorted = false;
    }

    synchronized long count() {
        return size;
    }

    /** NaN without samples. */
    synchronized double mean() {
        return Arrays.stream(values, 0, size).average().orElse(Double.NaN);
    }

    /**
     * The nearest-rank percentile; NaN without samples.
     *
     * @param percent 0 to 100
     */
    synchronized double percentile(double percent) {
        if (size == 0) {
            return Double.NaN;
        }
        if (!sorted) {
            Arrays.sort(values, 0, size);
            sorted = true;
        }
        int rank = (int) Math.ceil(percent / 100 * size);
        return values[Math.clamp(rank - 1, 0, size - 1)];
    }
}
