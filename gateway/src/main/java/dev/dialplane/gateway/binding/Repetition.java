package dev.dialplane.gateway.binding;

import org.jspecify.annotations.Nullable;

/** What it means that a call asks for an agent which has one, or looks for one, already. */
public sealed interface Repetition {
    /** The same again: it gets what the first one got. */
    record Same() implements Repetition {}

    /** A later attempt: the agent before is given up, and another one is looked for. */
    record Later() implements Repetition {}

    /** Another call under the same id, or an attempt that is over. */
    record Different(String field, String detail) implements Repetition {}

    /**
     * Judges it.
     *
     * @param first what was asked for
     * @param reached the highest attempt that was offered since; 0 if none was
     * @param again what is asked for now
     */
    static Repetition judge(BindRequest first, int reached, BindRequest again) {
        if (again.attempt() > Math.max(first.attempt(), reached)) {
            return new Later();
        }
        if (again.attempt() != first.attempt()) {
            return new Different("attempt", "attempt " + again.attempt() + ", and " + first.attempt() + " was first");
        }
        String field = difference(first, again);
        return field == null ? new Same() : new Different(field, field + " is not what it was");
    }

    private static @Nullable String difference(BindRequest first, BindRequest again) {
        BindRequest.Terms was = first.terms();
        BindRequest.Terms is = again.terms();
        if (!first.pool().equals(again.pool())) {
            return "pool";
        } else if (first.kind() != again.kind()) {
            return "kind";
        } else if (was.direction() != is.direction()) {
            return "direction";
        } else if (!was.variables().equals(is.variables())) {
            return "variables";
        } else if (!was.in().equals(is.in()) || !was.out().equals(is.out())) {
            return "format";
        }
        return was.carrier().equals(is.carrier()) ? null : "carrier";
    }
}
