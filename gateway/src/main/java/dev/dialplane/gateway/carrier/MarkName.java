package dev.dialplane.gateway.carrier;

import org.jspecify.annotations.Nullable;

/** A position mark's name, {@code g<generation>-<sample>}: everything needed to judge its echo. */
public record MarkName(long generation, long sample) {
    /** Reads a name; null if it is none of ours. */
    public static @Nullable MarkName parse(String name) {
        int dash = name.indexOf('-');
        if (dash < 2 || name.charAt(0) != 'g' || name.length() > 40) {
            return null;
        }
        try {
            long generation = Long.parseLong(name, 1, dash, 10);
            long sample = Long.parseLong(name, dash + 1, name.length(), 10);
            return generation < 0 || sample < 0 ? null : new MarkName(generation, sample);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    @Override
    public String toString() {
        return "g" + generation + "-" + sample;
    }
}
