package dev.dialplane.agent.turn;

import java.util.OptionalDouble;

/**
 * When the caller's turn is over: how much silence it takes after what was said, and how it was said.
 *
 * <p>The shares, and the two limits, are those at which the half of the corpus that is not held out cuts the fewest pauses
 * off while half of its turns are answered within 600 ms ({@code docs/turn-taking.md}).
 */
public final class EndOfTurn {
    /** A model that thinks it less likely than this that the speaker has finished says: there is more. */
    static final double GOES_ON = 0.2;
    /** And one that thinks it at least this likely says: that was all. */
    static final double FINISHED = 0.9;

    private enum Sound {
        /** Nobody has listened to it. */
        UNKNOWN,
        GOES_ON,
        UNDECIDED,
        FINISHED;

        static Sound of(OptionalDouble finished) {
            if (finished.isEmpty()) {
                return UNKNOWN;
            }
            double likely = finished.getAsDouble();
            return likely < EndOfTurn.GOES_ON ? GOES_ON : likely < EndOfTurn.FINISHED ? UNDECIDED : FINISHED;
        }
    }

    private EndOfTurn() {}

    /**
     * The silence after which the caller has finished, in ms.
     *
     * @param min the shortest, after a finished thought; covers the pauses within one (the median gap between two speakers
     *     is about 200 ms)
     * @param max the longest, when nothing says that the thought is finished
     * @param thought what the words say
     * @param sounds how likely a model thinks by the sound that the speaker has finished, 0 to 1; empty without an opinion
     */
    public static int silenceMs(int min, int max, Thought thought, OptionalDouble sounds) {
        Sound sound = Sound.of(sounds);
        double share = switch (thought) {
            case FINISHED ->
                switch (sound) {
                    case FINISHED, UNKNOWN -> 0;
                    case UNDECIDED -> 0.14;
                    case GOES_ON -> 0.36;
                };
            case OPEN ->
                switch (sound) {
                    case FINISHED -> 0.07;
                    case UNDECIDED, UNKNOWN -> 0.15;
                    case GOES_ON -> 0.25;
                };
            // Whoever searches for the next word may sound as if this was the last.
            case UNFINISHED -> sound == Sound.FINISHED ? 0.35 : 0.45;
            // Parts of a list sound finished, each of them.
            case COMMA, DICTATING -> 0.45;
            case HESITATING -> 0.75;
            case NOTHING -> 1;
        };
        return (int) Math.round(min + share * Math.max(0, max - min));
    }
}
