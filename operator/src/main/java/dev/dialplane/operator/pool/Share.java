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
        String percent = share.getStrVal();
        double part = target * Integer.parseInt(percent.substring(0, percent.length() - 1)) / 100.0;
        return (int) (up ? Math.ceil(part) : Math.floor(part));
    }
}
