package dev.dialplane.agent.call;

import dev.dialplane.agent.call.Saying.Purpose;
import dev.dialplane.agent.dialogue.Dialogue;
import dev.dialplane.agent.speaking.CarrierCodec;
import dev.dialplane.agent.speaking.Mouth;
import dev.dialplane.agent.speaking.Speech;
import dev.dialplane.audio.Dtmf;
import dev.dialplane.contracts.agent.v1.Played;
import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.common.v1.TurnTaking;
import dev.dialplane.contracts.inference.v1.Action;
import dev.dialplane.contracts.inference.v1.PhraseKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A conversation from its first words to its last: greets, waits for a caller who is silent, says goodbye. Whose turn it is
 * in between is for {@link Turns} to say.
 */
final class Conversation implements Turns.Listener {
    /** What a conversation asks of the call that it belongs to. */
    interface Conductor {
        /** Carry out what the model wants, now that the caller has heard the reply. */
        void act(Answer answer);

        /** Carry out what was to follow the digits, now that they were heard. */
        void act(List<Action> actions);

        /** The last words were heard. */
        void end(Cause cause);

        /** Something worth keeping changed. */
        void changed();

        /** No model answers. */
        void giveUp();
    }

    private final CallContext call;
    private final Conductor conductor;
    private final Dialogue dialogue;
    private final Signals signals;
    private final Speaking speaking;
    private final TurnRecord record;
    private final Turns turns;
    private final Consenting consenting;
    private final Ladder idle;
    private boolean onHold;
    private boolean over;

    Conversation(CallContext call, Conductor conductor, Dialogue dialogue) {
        this.call = call;
        this.conductor = conductor;
        this.dialogue = dialogue;
        turns = new Turns(call, conductor, dialogue, this);
        signals = turns.signals();
        speaking = turns.speaking();
        record = turns.record();
        consenting = turns.consenting();
        signals.listening().finishedBefore(dialogue.callerTurns());
        TurnTaking turnTaking = call.spec().getTurnTaking();
        idle = new Ladder(call.loop())
                .step(turnTaking.getIdlePromptMs(), this::promptIdle)
                .step(turnTaking.getIdleHangUpMs(), this::hangUpIdle);
    }

    Mouth mouth() {
        return speaking.mouth();
    }

    Listening listening() {
        return signals.listening();
    }

    Dialogue dialogue() {
        return dialogue;
    }

    /** The caller's time now, in ms since the call's start. */
    long mediaMs() {
        return signals.mediaMs();
    }

    void played(Played played) {
        speaking.mouth().played(played.getGeneration(), played.getSample(), played.getKind());
    }

    /** The caller has pressed a key. */
    void key(String key) {
        if (Dtmf.isDigit(key) && !onHold) {
            signals.key(key);
        }
    }

    /** Goes on where another agent was: what it owed the caller is said now. */
    void goOn() {
        dialogue.takeUnanswered().ifPresent(turns::answer);
        if (dialogue.callerTurns() == 0 && signals.turn() == null) {
            askForConsent();
        }
        turns.goOn();
    }

    /** Asks whether the call may be recorded, where it may be that it may. */
    void askForConsent() {
        if (consenting.wanted() && !say(PhraseKind.PHRASE_KIND_CONSENT, new Purpose.Consent())) {
            say(call.spec().getRecording().getConsent(), new Purpose.Consent());
        }
    }

    /** Tells a gateway that knows nothing of it what the caller has said to being recorded. */
    void tellConsent() {
        consenting.tellAnew();
    }

    /** From where on the caller's audio is in no turn of the dialogue, in ms since the call's start. */
    long uncommittedMs() {
        return signals.uncommittedMs();
    }

    /** Every frame, after it was heard. */
    void heard() {
        turns.heard();
    }

    void hold(boolean on) {
        onHold = on;
        signals.listening().deaf(on);
        if (on) {
            idle.stop();
        } else {
            rest();
        }
    }

    // What is said.

    /** Says a phrase that was prepared; false if there is none. */
    boolean say(PhraseKind phrase, Purpose purpose) {
        Saying saying = prepared(phrase, purpose);
        if (saying != null) {
            say(saying);
        }
        return saying != null;
    }

    private @Nullable Saying prepared(PhraseKind phrase, Purpose purpose) {
        Speech speech = call.prepared().phrases().speech(phrase, call.codecOut());
        return speech == null ? null : new Saying(speech, purpose, null);
    }

    /**
     * Sends digits, after all that is being said. They are written down by their number.
     *
     * @param then what is to follow once they were heard
     */
    void dial(String digits, List<Action> then) {
        int count = (int) digits.chars().filter(c -> c != 'w').count();
        CarrierCodec codec = call.codecOut();
        Speech tones = Speech.madeElsewhere(
                "[sent " + count + (count == 1 ? " digit]" : " digits]"),
                codec.rate(),
                codec.bytesPerSample(),
                Dtmf.dialedSamples(digits, codec.rate()));
        say(new Saying(tones, new Purpose.Dialing(digits, then), null));
    }

    /** Says a text that a voice has to speak first. */
    @Override
    public void say(String text, Purpose purpose) {
        Answer spoken = new Answer(call, "", turns);
        say(new Saying(spoken.speech(), purpose, spoken));
        spoken.speak(text);
    }

    @Override
    public void say(Saying saying) {
        idle.stop();
        speaking.say(saying);
    }

    @Override
    public void began(Saying saying) {
        switch (saying.purpose()) {
            case Purpose.Reply _ -> turns.replyBegan(saying);
            case Purpose.IdlePrompt _ -> consenting.lapsed();
            case Purpose.Greeting _, Purpose.Consent _, Purpose.Dialing _, Purpose.Filler _, Purpose.Farewell _ -> {}
        }
        if (!saying.filler()) {
            record.agentBegan(saying, speaking.mouth().generation());
        }
    }

    @Override
    public void finished(Saying saying) {
        if (saying.purpose() instanceof Purpose.Consent) {
            consenting.asked(signals.mediaMs());
        }
        if (!saying.filler()) {
            record.agent(saying, false);
            conductor.changed();
        }
        switch (saying.purpose()) {
            case Purpose.Reply _ -> {
                if (saying.answer() != null) {
                    conductor.act(saying.answer());
                }
            }
            case Purpose.Farewell(Cause cause, var _) -> conductor.end(cause);
            case Purpose.Dialing(var _, List<Action> then) -> conductor.act(then);
            case Purpose.Greeting _, Purpose.Consent _, Purpose.IdlePrompt _, Purpose.Filler _ -> {}
        }
        turns.agentFinished();
        rest();
    }

    @Override
    public void cutOff(Saying saying) {
        record.agent(saying, true);
        conductor.changed();
    }

    @Override
    public void ranDry(Saying saying) {
        turns.replyRanDry(saying);
    }

    @Override
    public void flows(Saying saying) {
        turns.replyFlows();
    }

    // Waiting.

    @Override
    public void callerSpeaks() {
        idle.stop();
    }

    /** Where nobody speaks and nothing is under way, the caller's silence counts from here. */
    @Override
    public void rest() {
        turns.rests();
        if (turns.over() && speaking.nothing() && !over && !onHold) {
            idle.start(call.loop().nanos());
        }
    }

    private void promptIdle() {
        if (speaking.nothing() && signals.turn() == null) {
            Saying prompt = prepared(PhraseKind.PHRASE_KIND_IDLE_PROMPT, new Purpose.IdlePrompt());
            if (prompt != null) {
                // The prompt does not stop the clock of the silence that it breaks.
                speaking.say(prompt);
            }
        }
    }

    private void hangUpIdle() {
        farewell(PhraseKind.PHRASE_KIND_GOODBYE, Cause.CAUSE_CALLER_IDLE, true);
    }

    @Override
    public void replyIsSlow(int times) {
        CallerTurn current = signals.turn();
        if (current != null && current.speaking()) {
            return;
        }
        boolean varied = times % 2 == 1 && call.prepared().phrases().has(PhraseKind.PHRASE_KIND_HOLD_AGAIN);
        Saying hold = prepared(
                varied ? PhraseKind.PHRASE_KIND_HOLD_AGAIN : PhraseKind.PHRASE_KIND_HOLD, new Purpose.Filler());
        if (hold == null) {
            return;
        }
        if (!speaking.nothing()) {
            speaking.interject(hold);
        } else if (current != null || turns.working()) {
            say(hold);
        }
    }

    // The end.

    /** Stops whatever is said and thought, and says the last words; without any, the call ends at once. */
    void farewell(PhraseKind phrase, Cause cause, boolean interruptible) {
        if (over) {
            return;
        }
        turns.dropTurn();
        speaking.cutOff(true);
        idle.stop();
        if (!say(phrase, new Purpose.Farewell(cause, interruptible))) {
            conductor.end(cause);
        }
    }

    /** No model answers: apologizes, and the call ends. What the caller said last is kept for the record. */
    void apologize() {
        CallerTurn current = signals.turn();
        if (current != null && current.hasWords()) {
            record.caller(current);
        }
        farewell(PhraseKind.PHRASE_KIND_APOLOGY, Cause.CAUSE_MODEL_UNAVAILABLE, false);
    }

    /** The call ends: what is being said is cut, and what was heard of it is recorded. */
    void finish() {
        over = true;
        turns.end();
        speaking.cutOff(true);
    }

    /** Nothing more is heard or said. */
    void close() {
        over = true;
        turns.close();
        idle.stop();
        signals.listening().close();
        speaking.close();
    }
}
