package dev.dialplane.gateway.binding;

/**
 * How many agents are brought to the pool's present spec now. Those that never were prepared come first, as they can take
 * no call anyway; of the idle ones that are behind, at most half of all that can take a call leave at once, and the last
 * one only if it is the only one and nobody waits.
 */
public final class Preparations {
    private Preparations() {}

    /**
     * What to start now.
     *
     * @param unprepared agents that were never prepared
     * @param outdated idle agents prepared for another spec
     */
    public record Choice(int unprepared, int outdated) {}

    /**
     * The choice.
     *
     * @param unprepared agents that were never prepared, and are not being prepared
     * @param outdated idle agents prepared for another spec, and not being prepared
     * @param current idle agents prepared for the present one
     * @param underWay preparations that run
     * @param limit preparations that may run at once
     * @param waiting calls that wait for an agent
     */
    public static Choice choose(int unprepared, int outdated, int current, int underWay, int limit, int waiting) {
        int room = Math.max(0, limit - underWay);
        int first = Math.min(unprepared, room);
        room -= first;
        int able = outdated + current;
        int kept = Math.max(1, (able + underWay) / 2);
        boolean alone = able == 1 && underWay + first == 0 && waiting == 0;
        int second = Math.min(outdated, Math.min(room, alone ? 1 : Math.max(0, able - kept)));
        return new Choice(first, second);
    }
}
