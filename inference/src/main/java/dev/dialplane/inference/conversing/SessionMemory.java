package dev.dialplane.inference.conversing;

import com.google.protobuf.ByteString;
import dev.dialplane.audio.Dtmf;
import dev.dialplane.contracts.inference.v1.DialogueTurn;
import dev.dialplane.contracts.inference.v1.Speaker;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a session knows of its conversation. The caller's turn at hand is in it once a response to it was played, and of a
 * response what was heard. For one thread.
 */
public final class SessionMemory {
    /** Older turns are forgotten; a phone call has some dozens. */
    static final int MOST_TURNS = 400;

    /** A turn's keys. */
    public static final int MOST_KEYS = 64;

    private sealed interface Entry {
        record Known(DialogueTurn turn) implements Entry {}

        record Said(Utterance utterance) implements Entry {}
    }

    private final List<Entry> entries = new ArrayList<>();
    private ByteString state;
    private String text = "";
    private String keys = "";

    /** Goes on from what was said, and what the dialogue model wants back. */
    public SessionMemory(List<DialogueTurn> turns, ByteString state) {
        turns.forEach(this::know);
        this.state = state;
    }

    /** A turn that counts. */
    public void know(DialogueTurn turn) {
        add(new Entry.Known(turn));
    }

    private void add(Entry entry) {
        if (entries.size() == MOST_TURNS) {
            entries.removeFirst();
        }
        entries.add(entry);
    }

    /** The caller's turn at hand is heard as this, from its beginning. */
    public void heard(String transcript) {
        text = transcript.strip();
    }

    /** A key of the turn at hand. */
    public void key(String key) {
        keys += key;
    }

    /** How many keys the turn at hand has. */
    public int keys() {
        return keys.length();
    }

    /** The turn at hand was nothing. */
    public void forget() {
        text = "";
        keys = "";
    }

    /** What the caller has said and is not answered. */
    public String open() {
        return Stream.of(text, Dtmf.asText(keys))
                .filter(part -> !part.isEmpty())
                .reduce((said, pressed) -> said + " " + pressed)
                .orElse("");
    }

    /** Something of it is played: it counts, and so does the turn that it answers. */
    public void commit(Utterance utterance) {
        if (utterance.answersTurn() && !open().isEmpty()) {
            know(caller(open()));
            forget();
        }
        add(new Entry.Said(utterance));
        state = utterance.state();
    }

    /** So much of a response that counts was played, and no more will be; a voice that played on plays more. */
    public void played(Utterance utterance, long ms) {
        utterance.played(ms);
    }

    /** All of it was. */
    public void playedWhole(Utterance utterance) {
        utterance.playedWhole();
    }

    /** The dialogue model has made a response, and wants this back. */
    public void made(Utterance utterance, ByteString returned) {
        utterance.state(returned);
        if (entries.contains(new Entry.Said(utterance))) {
            state = returned;
        }
    }

    /** What the dialogue model wants back. */
    public ByteString state() {
        return state;
    }

    /** What counts, oldest first. */
    public List<DialogueTurn> turns() {
        List<DialogueTurn> turns = new ArrayList<>(entries.size());
        for (Entry entry : entries) {
            DialogueTurn turn = switch (entry) {
                case Entry.Known(DialogueTurn known) -> known;
                case Entry.Said(Utterance utterance) -> utterance.asTurn();
            };
            // What nobody heard is no turn.
            if (turn.getSpeaker() != Speaker.SPEAKER_AGENT || !turn.getText().isEmpty()) {
                turns.add(turn);
            }
        }
        return turns;
    }

    /** What counts, and the turn at hand. */
    public List<DialogueTurn> withOpen() {
        List<DialogueTurn> turns = turns();
        if (!open().isEmpty()) {
            turns.add(caller(open()));
        }
        return turns;
    }

    /** What another session goes on with once all of this response was played. */
    public ResumeToken after(Utterance utterance) {
        if (entries.contains(new Entry.Said(utterance))) {
            return token();
        }
        List<DialogueTurn> turns = utterance.answersTurn() ? withOpen() : turns();
        DialogueTurn said = utterance.asTurn();
        if (!said.getText().isEmpty()) {
            turns.add(said);
        }
        return new ResumeToken(turns, utterance.state());
    }

    /** What another session goes on with. */
    public ResumeToken token() {
        return new ResumeToken(turns(), state);
    }

    private static DialogueTurn caller(String said) {
        return DialogueTurn.newBuilder()
                .setSpeaker(Speaker.SPEAKER_CALLER)
                .setText(said)
                .build();
    }
}
