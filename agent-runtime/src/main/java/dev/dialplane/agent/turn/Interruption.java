package dev.dialplane.agent.turn;

import java.util.List;

/** Whether a sound while the agent speaks is an interruption. Decided here, and nowhere else. */
public final class Interruption {
    private static final int MANY_WORDS = 5;
    private static final int FEW_WORDS = 2;
    /** Somebody two metres behind who holds the telephone at their mouth. */
    private static final double DISTANT_DB = 14;
    /** A recognizer mishears a quiet echo. */
    private static final double ECHO_SHARE = 0.6;
    /** An echo comes back at least so much quieter than it went out, even from a bad handset. */
    private static final double ECHO_BELOW_DB = 8;
    /** So many words before the newest may come back: three seconds. */
    private static final int LATELY = 8;

    private Interruption() {}

    /** As the pool chose. */
    public enum Mode {
        /** The agent falls silent at the first confirmed speech; whether it was an interruption shows later. */
        PAUSE_THEN_DECIDE,
        /** The first confirmed speech is one. */
        IMMEDIATE,
        /** The agent finishes what it says; the caller's words count afterwards. */
        NEVER
    }

    /**
     * The pool's rules.
     *
     * @param minSpeechMs speech of that length is an interruption
     * @param minWords as many words that say something are; 0: any speech
     * @param decideWithinMs after that long a pause without either, it was none
     * @param resumeAfterMs the longest that the agent stays silent without a word being recognized
     */
    public record Rules(Mode mode, int minSpeechMs, int minWords, int decideWithinMs, int resumeAfterMs) {}

    /**
     * What is known about the sound.
     *
     * @param sincePauseMs since the agent fell silent
     * @param speechMs how long it lasts, or lasted
     * @param speaking whether it goes on
     * @param words how many words say something, in the newest transcript
     * @param transcribed whether that transcript covers all of it
     */
    public record Evidence(long sincePauseMs, long speechMs, boolean speaking, int words, boolean transcribed) {}

    /** What to do at the first confirmed speech. */
    public enum Reaction {
        PAUSE,
        INTERRUPT,
        IGNORE
    }

    /** What it turned out to be. */
    public enum Decision {
        UNDECIDED,
        INTERRUPTION,
        NOTHING
    }

    /** What to do at the first confirmed speech. */
    public static Reaction atSpeech(Mode mode) {
        return switch (mode) {
            case PAUSE_THEN_DECIDE -> Reaction.PAUSE;
            case IMMEDIATE -> Reaction.INTERRUPT;
            case NEVER -> Reaction.IGNORE;
        };
    }

    /** Whether the agent, having paused, was interrupted. */
    public static Decision decide(Rules rules, Evidence seen) {
        if (rules.minWords() == 0 || seen.words() >= rules.minWords()) {
            return Decision.INTERRUPTION;
        }
        if (seen.speechMs() >= rules.minSpeechMs() && !(seen.transcribed() && seen.words() == 0)) {
            return Decision.INTERRUPTION;
        }
        if (seen.speaking()) {
            return Decision.UNDECIDED;
        }
        if (seen.transcribed() || seen.sincePauseMs() >= rules.decideWithinMs()) {
            return Decision.NOTHING;
        }
        return Decision.UNDECIDED;
    }

    /**
     * What a sound was through which the agent went on speaking, or in the middle of which it began, now that all of it is
     * transcribed. {@link Decision#UNDECIDED} where it is to be judged once the agent has finished.
     *
     * @param words how many of its words say something
     */
    public static Decision decideSpokenOver(Rules rules, int words) {
        return switch (rules.mode()) {
            case NEVER -> Decision.UNDECIDED;
            case IMMEDIATE, PAUSE_THEN_DECIDE ->
                words < Math.max(1, rules.minWords()) ? Decision.NOTHING : Decision.INTERRUPTION;
        };
    }

    /**
     * Whether words are the agent's own, come back from the far end: they are what it has just said, and quieter than the
     * caller is. A caller who says the agent's words again does so as loudly as anything else; before it is known how loud
     * the caller is, only many words in a row are taken for an echo.
     *
     * @param words of the sound, in the newest transcript
     * @param said the agent's words that the caller has heard of what it is saying
     * @param belowUsualDb by how much the sound is quieter than the caller's turns so far; 0 if that is not known
     */
    public static boolean isEcho(List<String> words, List<String> said, double belowUsualDb) {
        if (words.isEmpty()) {
            return false;
        }
        List<String> lately = said.subList(Math.max(0, said.size() - LATELY - words.size()), said.size());
        boolean repeated = inOrder(words, lately) >= ECHO_SHARE * words.size();
        return repeated && (belowUsualDb >= ECHO_BELOW_DB || belowUsualDb == 0 && words.size() >= MANY_WORDS);
    }

    /**
     * Whether a word or two come from somebody else than the caller: from behind them, or from the agent in a way that the
     * recognizer mishears. Who interrupts does so at least as loudly as they speak.
     *
     * @param words of the sound, in the newest transcript
     * @param belowUsualDb by how much the sound is quieter than the caller's turns so far; 0 if that is not known
     */
    public static boolean isDistant(List<String> words, double belowUsualDb) {
        return words.size() <= FEW_WORDS && belowUsualDb >= DISTANT_DB;
    }

    /** How many words of one list come in the same order in the other: their longest common subsequence. */
    private static int inOrder(List<String> words, List<String> said) {
        int[] best = new int[said.size() + 1];
        for (String word : words) {
            int diagonal = 0;
            for (int i = 1; i <= said.size(); i++) {
                int above = best[i];
                best[i] = word.equals(said.get(i - 1)) ? diagonal + 1 : Math.max(best[i], best[i - 1]);
                diagonal = above;
            }
        }
        return best[said.size()];
    }

    /**
     * Whether the agent goes on with what an interruption cut off, because all of it was a listener's sound after all: a
     * "mhm" that was longer than {@code minSpeech}.
     *
     * @param words how many of its words say something, in the whole transcript
     */
    public static boolean wasListening(Rules rules, int words) {
        return rules.mode() == Mode.PAUSE_THEN_DECIDE && rules.minWords() > 0 && words == 0;
    }

    /**
     * Whether the agent goes on with what an interruption cut off, because no word came of it: a cough or a door of more
     * than {@code minSpeech}.
     *
     * @param sincePauseMs since the agent fell silent
     * @param speaking whether the sound goes on
     * @param words that were recognized, whatever they say
     * @param transcribed whether the transcript covers all of the sound
     */
    public static boolean wasNothing(Rules rules, long sincePauseMs, boolean speaking, int words, boolean transcribed) {
        return !speaking && words == 0 && (transcribed || sincePauseMs >= rules.resumeAfterMs());
    }
}
