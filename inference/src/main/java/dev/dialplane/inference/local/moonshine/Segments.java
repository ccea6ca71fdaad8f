package dev.dialplane.inference.local.moonshine;

import java.util.ArrayList;
import java.util.List;

/** Cuts long speech where it is quietest, because the model hears half a minute at a time. */
final class Segments {
    private static final int MAX_SECONDS = 20;
    private static final int SEARCH_SECONDS = 8;
    private static final int WINDOW_MILLIS = 200;

    private Segments() {}

    /** Ends of the segments, rising; the last is the length. None is longer than 20 s. */
    static List<Integer> ends(float[] samples, int rate) {
        List<Integer> ends = new ArrayList<>();
        int start = 0;
        while (samples.length - start > MAX_SECONDS * rate) {
            start = quietest(samples, start + (MAX_SECONDS - SEARCH_SECONDS) * rate, start + MAX_SECONDS * rate, rate);
            ends.add(start);
        }
        ends.add(samples.length);
        return ends;
    }

    private static int quietest(float[] samples, int from, int to, int rate) {
        int window = WINDOW_MILLIS * rate / 1000;
        double least = Double.MAX_VALUE;
        int at = to;
        for (int i = from; i + window <= to; i += window / 4) {
            double energy = 0;
            for (int k = i; k < i + window; k++) {
                energy += samples[k] * samples[k];
            }
            if (energy < least) {
                least = energy;
                at = i + window / 2;
            }
        }
        return at;
    }
}
