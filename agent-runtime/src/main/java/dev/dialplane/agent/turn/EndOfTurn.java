package dev.dialplane.agent.turn;

/** When the caller's turn is over: how much silence it takes after what was said. */
public final class EndOfTurn {
    private EndOfTurn() {}

    /**
     * The silence after which the caller has finished, in ms.
     *
     * @param min the shortest, after a finished thought; covers the pauses within one (the median gap between two speakers
     *     is about 200 ms)
     * @param max the longest, when nothing says that the thought is finished
     */
    public static int silenceMs(int min, int max, Thought thought) {
        double share = switch (thought) {
            case FINISHED -> 0;
            case OPEN -> 0.15;
            case UNFINISHED, DICTATING -> 0.45;
            case HESITATING -> 0.75;
            case NOTHING -> 1;
        };
        return (int) Math.round(min + share * Math.max(0, max - min));
    }
}
