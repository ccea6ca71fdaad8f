package dev.dialplane.operator.pool;

import io.fabric8.kubernetes.api.model.IntOrString;

/** A number of agents, or a percentage of the target. */
final class Share {

    private Share() {}

    /**
     * Returns the number.
     *
     * @param up whether a part of an agent counts as one, as for a Deployment's surge
     */
    static int of(IntOrString share, int target, boolean up) {
        if (share.getIntVal() != null) {
            return share.getIntVal();
        }
        double part = target * percent(share.getStrVal()) / 100.0;
        return (int) (up ? Math.ceil(part) : Math.floor(part));
    }

    /** Returns the number before the percent sign. */
    static int percent(String text) {
        return Integer.parseInt(text.substring(0, text.length() - 1));
    }
}
