package dev.dialplane.agent.call;

import dev.dialplane.agent.dialogue.Turn;
import dev.dialplane.agent.turn.Words;
import java.util.OptionalDouble;

/**
 * What the caller is saying, until it is committed: one utterance, with the pauses within it, and the keys that were pressed
 * with it or instead of it. Positions are samples at 8 kHz.
 */
final class CallerTurn {
    private final long start;
    private long end;
    private long endKnownAt;
    private long transcribedAt;
    private boolean speaking = true;
    private boolean whole;
    private boolean decided;
    private long decidedAt;
    private final String before;
    private String text = "";
    private boolean heardHere;
    private String keys = "";
    private long keyedAt;
    private long keyedSample;
    private int revision;
    private boolean echo;
    private OptionalDouble soundsFinished = OptionalDouble.empty();

    CallerTurn(long onset) {
        this(onset, "");
        heardHere = true;
    }

    private CallerTurn(long onset, String before) {
        start = onset;
        end = onset;
        this.before = before;
    }

    /** A turn that another agent has heard, and has not answered: decided, unless the caller goes on. */
    static CallerTurn taken(Turn.Caller said, long at, long now) {
        CallerTurn turn = new CallerTurn(at, said.words());
        turn.keys = said.keys();
        turn.keyedAt = now;
        turn.keyedSample = at;
        turn.pauses(at, now);
        turn.takeAsIs(now);
        turn.decide(now);
        return turn;
    }

    /** A turn that begins with a key. */
    static CallerTurn keyed(long at, long now) {
        CallerTurn turn = new CallerTurn(at, "");
        turn.pauses(at, now);
        turn.takeAsIs(now);
        return turn;
    }

    /** Whether any of its sound was heard here. */
    boolean heardHere() {
        return heardHere;
    }

    long start() {
        return start;
    }

    long end() {
        return end;
    }

    /** When the agent knew of that end, in the loop's time. */
    long endKnownAt() {
        return endKnownAt;
    }

    long transcribedAt() {
        return transcribedAt;
    }

    boolean speaking() {
        return speaking;
    }

    /** Whether the text covers everything that was said. */
    boolean whole() {
        return whole;
    }

    /** What was said, and after it what was pressed. */
    String text() {
        return said().text();
    }

    /** The same, as it is remembered. */
    Turn.Caller said() {
        return new Turn.Caller(words(), keys);
    }

    /** What was said of it. */
    String words() {
        return before.isEmpty() || text.isEmpty() ? before + text : before + " " + text;
    }

    /** Rises with every change of the text. */
    int revision() {
        return revision;
    }

    /** The keys that were pressed, in order. */
    String keys() {
        return keys;
    }

    /** When the last of them was, in the loop's time. */
    long keyedAt() {
        return keyedAt;
    }

    /** Where that was. */
    long keyedSample() {
        return keyedSample;
    }

    boolean hasWords() {
        return !Words.of(text()).isEmpty();
    }

    boolean decided() {
        return decided;
    }

    long decidedAt() {
        return decidedAt;
    }

    /** Whether all of it is the agent's own sound, come back from the far end. */
    boolean echo() {
        return echo;
    }

    void echo(boolean is) {
        echo = is;
    }

    /** How likely a model thinks that the caller has finished, 0 to 1; empty until it says so of the silence at hand. */
    OptionalDouble soundsFinished() {
        return soundsFinished;
    }

    void soundsFinished(double finished) {
        soundsFinished = OptionalDouble.of(finished);
    }

    /** Speech goes on: nothing is decided any more. */
    void goesOn() {
        heardHere = true;
        speaking = true;
        whole = false;
        decided = false;
        soundsFinished = OptionalDouble.empty();
    }

    /** Another key: nothing is decided any more. */
    void key(String key, long at, long now) {
        keys += key;
        revision++;
        keyedAt = now;
        keyedSample = at;
        decided = false;
        if (!speaking) {
            end = at;
            endKnownAt = now;
        }
    }

    void pauses(long at, long now) {
        speaking = false;
        end = at;
        endKnownAt = now;
    }

    void heard(String newText, boolean covers, long now) {
        text = newText;
        revision++;
        whole = covers && !speaking;
        if (whole) {
            transcribedAt = now;
        }
    }

    /** The recognizer gave up: what there is has to do. */
    void takeAsIs(long now) {
        whole = !speaking;
        transcribedAt = now;
    }

    void decide(long at) {
        decided = true;
        decidedAt = at;
    }
}
