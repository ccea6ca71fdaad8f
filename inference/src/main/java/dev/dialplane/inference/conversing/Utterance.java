package dev.dialplane.inference.conversing;

import com.google.protobuf.ByteString;
import dev.dialplane.contracts.inference.v1.DialogueTurn;
import dev.dialplane.contracts.inference.v1.Speaker;
import java.util.ArrayList;
import java.util.List;

/**
 * What the agent says in one response, as far as it is made, and how far of it was played. Positions are ms of the
 * response's audio. For one thread.
 */
public final class Utterance {
    /** A word, and when the last of it is over. */
    public record Word(String text, long endMs) {}

    private static final long ALL = Long.MAX_VALUE;
    /** How fast a voice speaks that has not told where its words are. */
    private static final int CHARACTERS_A_SECOND = 15;

    private record Clause(String text, List<Word> words, long endMs) {}

    private final boolean answersTurn;
    private final List<Clause> clauses = new ArrayList<>();
    private ByteString state = ByteString.EMPTY;
    private long soundsUntilMs;
    private long playedMs = ALL;

    /**
     * @param answersTurn whether it answers the turn at hand, and not what was said before that
     */
    public Utterance(boolean answersTurn) {
        this.answersTurn = answersTurn;
    }

    /** Whether it answers the caller's turn at hand. */
    public boolean answersTurn() {
        return answersTurn;
    }

    /** A further clause, whose audio is still to be made. */
    public void says(String text) {
        clauses.add(new Clause(text.strip(), List.of(), ALL));
    }

    /** There is audio up to here. */
    public void sounds(long untilMs) {
        soundsUntilMs = untilMs;
    }

    /** The audio of a clause is whole. */
    public void spoken(int clause, List<Word> words, long endMs) {
        clauses.set(clause, new Clause(clauses.get(clause).text(), List.copyOf(words), endMs));
    }

    /** What the dialogue model wants back after it. */
    void state(ByteString returned) {
        state = returned;
    }

    ByteString state() {
        return state;
    }

    void played(long ms) {
        playedMs = ms;
    }

    void playedWhole() {
        playedMs = ALL;
    }

    /** The text, parted after the last word that was played to its end; without a word that was, the first part is empty. */
    DialogueTurn asTurn() {
        List<String> heard = new ArrayList<>();
        List<String> notHeard = new ArrayList<>();
        long start = 0;
        for (Clause clause : clauses) {
            if (playedMs == ALL || clause.endMs() <= playedMs) {
                heard.add(clause.text());
            } else {
                int cut = clause.endMs() == ALL ? estimatedCut(clause.text(), start) : cut(clause);
                add(clause.text().substring(0, cut), heard);
                add(clause.text().substring(cut), notHeard);
            }
            start = clause.endMs();
        }
        String rest = String.join(" ", notHeard);
        return DialogueTurn.newBuilder()
                .setSpeaker(Speaker.SPEAKER_AGENT)
                .setText(String.join(" ", heard))
                .setInterrupted(!rest.isEmpty())
                .setNotHeard(rest)
                .build();
    }

    private int cut(Clause clause) {
        int end = 0;
        for (Word word : clause.words()) {
            int at = clause.text().indexOf(word.text(), end);
            if (word.endMs() > playedMs || at < 0) {
                break;
            }
            end = at + word.text().length();
        }
        return end;
    }

    /** Where a clause is cut that is still being spoken, and begins at {@code startMs}. */
    private int estimatedCut(String text, long startMs) {
        long heardMs = Math.max(0, Math.min(playedMs, soundsUntilMs) - startMs);
        int cut = (int) Math.clamp(heardMs * CHARACTERS_A_SECOND / 1000, 0, text.length());
        while (cut > 0 && cut < text.length() && !Character.isWhitespace(text.charAt(cut))) {
            cut--;
        }
        return cut;
    }

    private static void add(String part, List<String> parts) {
        if (!part.isBlank()) {
            parts.add(part.strip());
        }
    }
}
