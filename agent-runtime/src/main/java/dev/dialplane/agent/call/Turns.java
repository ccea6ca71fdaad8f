package dev.dialplane.agent.call;

import dev.dialplane.agent.call.Saying.Purpose;
import dev.dialplane.agent.dialogue.Dialogue;
import dev.dialplane.agent.dialogue.Turn;
import dev.dialplane.agent.hearing.Ear;
import dev.dialplane.agent.hearing.EchoPath;
import dev.dialplane.agent.loop.Loop;
import dev.dialplane.agent.turn.EndOfTurn;
import dev.dialplane.agent.turn.Interruption;
import dev.dialplane.agent.turn.Keypad;
import dev.dialplane.agent.turn.Thought;
import dev.dialplane.agent.turn.Words;
import dev.dialplane.contracts.common.v1.TurnTaking;
import io.grpc.Status;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turn-taking. {@link Signals} say what the caller does; {@link Interruption}, {@link Thought}, {@link EndOfTurn} and
 * {@link Keypad} say what that means; {@link Speaking}, {@link Replies}, {@link Sequel} and {@link TurnRecord} carry out what
 * follows. This class leads from one to the next.
 *
 * <p>A turn is <i>decided</i> when the silence after it says that the caller has finished, and <i>committed</i> when the
 * first sample of the reply leaves; until then more speech is merged into it, and whatever was begun for it is dropped
 * without a trace. Only then do turns enter the dialogue, and only after what was said is played do actions happen.
 */
final class Turns implements Signals.Listener, Answer.Listener {
    /** What turn-taking asks of the conversation, and what that hears of what is said. */
    interface Listener extends Speaking.Listener {
        /** The caller makes a sound: silence no longer counts. */
        void callerSpeaks();

        /**
         * The caller has waited for the reply for as long as the pool's hold phrase says, or for long since the last one.
         *
         * @param times how often this wait was so long before
         */
        void replyIsSlow(int times);

        /** Say this, after all that is being said. */
        void say(Saying saying);

        /** Say this text, which a voice has to speak first. */
        void say(String text, Purpose purpose);

        /** Nothing may be under way any more. */
        void rest();
    }

    /** How many words of a turn's newest transcript say something. */
    private record Weighed(CallerTurn turn, int revision, int words) {
        boolean of(CallerTurn current) {
            return turn == current && revision == current.revision();
        }
    }

    private static final System.Logger LOG = System.getLogger(Turns.class.getName());

    private final CallContext call;
    private final Listener listener;
    private final Conversation.Conductor conductor;
    private final Dialogue dialogue;
    private final Pipeline pipeline;
    private final Signals signals;
    private final Speaking speaking;
    private final Replies replies;
    private final TurnRecord record;
    private final Sequel sequel;
    private final Consenting consenting;
    private final TurnTaking turnTaking;
    private final Interruption.Rules rules;
    private final Patience slow;

    /** The reply to the turn at hand, until it is said. */
    private @Nullable Answer answer;

    /** What the words say for which the agent has paused, or paused last; asked for at every frame, weighed once. */
    private @Nullable Weighed weighed;

    private Loop.@Nullable Timer judgment;
    /** The sound at hand is the agent's own, come back, as far as it was heard. */
    private boolean echoes;

    private boolean closed;

    Turns(CallContext call, Conversation.Conductor conductor, Dialogue dialogue, Listener listener) {
        this.call = call;
        this.conductor = conductor;
        this.dialogue = dialogue;
        this.listener = listener;
        pipeline = Pipeline.of(call, dialogue);
        signals = new Signals(call, pipeline, dialogue::sensitive, this);
        speaking = new Speaking(call, signals, listener);
        consenting = new Consenting(call, dialogue, signals);
        record = new TurnRecord(call, pipeline, dialogue, signals, consenting);
        replies = new Replies(call, pipeline, consenting, this);
        turnTaking = call.spec().getTurnTaking();
        rules = call.interruptionRules();
        slow = new Patience(call.loop(), call.spec().getSlowModel(), listener::replyIsSlow, conductor::giveUp);
        sequel = new Sequel(call, conductor, dialogue, listener, replies, record, slow, this::toolsDone);
    }

    Signals signals() {
        return signals;
    }

    Speaking speaking() {
        return speaking;
    }

    TurnRecord record() {
        return record;
    }

    Consenting consenting() {
        return consenting;
    }

    /** Whether nobody speaks, and nothing that was said waits for its reply. */
    boolean over() {
        return signals.turn() == null && answer == null && speaking.pause() == null && !working();
    }

    /** Whether tools are run for the caller, or a reply is made that goes on. */
    boolean working() {
        return sequel.working();
    }

    /**
     * Another frame was heard: a sound for which the agent fell silent may be long enough now, and what was its own sound
     * may be the caller by now.
     */
    void heard() {
        signals.compare(speaking.mouth());
        CallerTurn current = signals.turn();
        if (echoes && current != null && current.speaking() && !signals.isEchoStill()) {
            echoes = false;
            react(Math.max(current.start(), signals.listening().heard() - EchoPath.LATELY * Ear.RATE / 100));
        }
        decidePause();
    }

    /** Answers what the caller has said to an agent that is gone. */
    void answer(Turn.Caller said) {
        CallerTurn taken = signals.taken(said);
        slow.waits(Patience.For.REPLY, call.loop().nanos());
        answer = replies.begin(dialogue, taken, false);
    }

    /** Goes on with what another agent had tools run for. */
    void goOn() {
        sequel.runAgain();
        rests();
    }

    /** Nobody speaks, perhaps: what is owed to the caller is said now. */
    void rests() {
        boolean quiet =
                signals.turn() == null && answer == null && speaking.pause() == null && !speaking.saysSomething();
        if (!closed && quiet) {
            sequel.quiet();
        }
    }

    private void toolsDone() {
        conductor.changed();
        rests();
    }

    /** Something was said to its end: the caller's words that waited for that are judged. */
    void agentFinished() {
        judge();
    }

    /** The reply to the turn at hand has just begun to leave: commits the turn. */
    void replyBegan(Saying reply) {
        CallerTurn current = signals.turn();
        if (current != null && current.decided()) {
            if (reply.answer() != null) {
                reply.response(record.response(reply.answer(), current));
            }
            commit(reply, current);
        }
    }

    /** The caller hears nothing any more of a reply that is not over. */
    void replyRanDry(Saying saying) {
        Answer said = saying.answer();
        if (said != null && !said.ended() && saying.answersTurn() > 0) {
            sequel.ranDry(said, signals.turn() == null);
        }
    }

    /** It comes again. */
    void replyFlows() {
        sequel.flows();
    }

    /** No turn ends any more. */
    void end() {
        closed = true;
    }

    /** Nothing is under way any more. */
    void close() {
        end();
        dropTurn();
        sequel.close();
        pipeline.close();
    }

    // What the caller does.

    @Override
    public void callerSpeaks(long onset, boolean goesOn) {
        listener.callerSpeaks();
        stopJudgment();
        if (goesOn || sequel.waits()) {
            goesOn();
        }
        echoes = signals.isEcho(onset);
        if (!echoes) {
            react(onset);
        }
    }

    /** Somebody speaks, who is not the agent itself. */
    private void react(long onset) {
        if (speaking.pause() != null || !speaking.mouth().audible() || !speaking.interruptible()) {
            return;
        }
        if (speaking.onlyFillerAudible()) {
            speaking.cutOff(false);
            return;
        }
        switch (Interruption.atSpeech(rules.mode())) {
            case PAUSE -> {
                weighed = null;
                speaking.pause(onset);
            }
            case INTERRUPT -> speaking.interrupt(onset);
            case IGNORE -> {}
        }
    }

    private void goesOn() {
        slow.callerGoesOn();
        Answer takenBack = speaking.takeBack();
        if (takenBack != null) {
            answer = takenBack;
        }
    }

    /** A key is meant, as no sound is for sure: the agent does not wait to see whether it was something. */
    @Override
    public void callerKeys(long at, boolean goesOn) {
        listener.callerSpeaks();
        stopJudgment();
        if (goesOn || sequel.waits()) {
            goesOn();
        }
        Speaking.Pause pause = speaking.pause();
        if (pause != null && !pause.interruption()) {
            speaking.interrupt(pause.onset());
        } else if (pause == null && speaking.mouth().audible() && speaking.interruptible()) {
            if (speaking.onlyFillerAudible()) {
                speaking.cutOff(false);
            } else if (rules.mode() != Interruption.Mode.NEVER) {
                speaking.interrupt(at);
            }
        }
        transcribed();
    }

    @Override
    public void callerPauses() {
        if (signals.turn() == null) {
            listener.rest();
        } else {
            judge();
        }
    }

    @Override
    public void transcribed() {
        CallerTurn current = signals.turn();
        if (current != null) {
            if (current.hasWords()) {
                slow.wordsCame();
            }
            dropOutdatedAnswer(current);
            judge();
        }
    }

    @Override
    public void predicted() {
        CallerTurn current = signals.turn();
        if (current != null && current.whole()) {
            judge();
        }
    }

    /** A reply to what turned out to be the beginning of a longer turn is of no use. */
    private void dropOutdatedAnswer(CallerTurn current) {
        Answer begun = answer;
        if (begun != null && !begun.question().equals(current.text()) && (current.whole() || current.speaking())) {
            begun.cancel();
            answer = null;
        }
    }

    // What it means, and what follows.

    /** Looks at the interruption first, then at the end of the turn. */
    private void judge() {
        stopJudgment();
        decidePause();
        CallerTurn current = signals.turn();
        Speaking.Pause pause = speaking.pause();
        if (current != null && (pause == null || pause.interruption())) {
            judgeTurn(current);
        }
    }

    /** Whether the sound for which the agent fell silent is an interruption. */
    private void decidePause() {
        Speaking.Pause pause = speaking.pause();
        CallerTurn current = signals.turn();
        if (pause == null || pause.interruption() || current == null) {
            return;
        }
        if (weighed == null || !weighed.of(current)) {
            weighed = new Weighed(current, current.revision(), meaning(current));
        }
        var evidence = signals.evidence(current, pause.onset(), pause.since(), weighed.words());
        switch (Interruption.decide(rules, evidence)) {
            case INTERRUPTION -> speaking.interrupt(pause.onset());
            case NOTHING -> {
                // Without a whole transcript it may still show that it was something.
                if (current.whole()) {
                    dropSound();
                }
                speaking.goOn();
                listener.rest();
            }
            case UNDECIDED -> {
                if (!current.speaking()) {
                    judgeAt(pause.since() + rules.decideWithinMs() * 1_000_000L);
                }
            }
        }
    }

    /** Whether the caller, who is silent now, has finished. */
    private void judgeTurn(CallerTurn current) {
        if (current.speaking() || current.decided() || closed || !speaking.interruptible()) {
            return;
        }
        long end = signals.listening().nanosAt(current.end());
        if (!current.whole()) {
            slow.waits(Patience.For.WORDS, end + turnTaking.getSilenceMinMs() * 1_000_000L);
            awaitWords(current);
            return;
        }
        if (!current.hasWords()
                || wasListening(current)
                || current.echo() && current.keys().isEmpty()) {
            wasNothing();
            return;
        }
        if (speaking.pause() == null && speaking.saysSomething()) {
            switch (Interruption.decideSpokenOver(rules, meaning(current))) {
                case UNDECIDED -> {
                    // Judged again when the agent has finished.
                    return;
                }
                case NOTHING -> {
                    dropSound();
                    return;
                }
                case INTERRUPTION -> speaking.interrupt(current.start());
            }
        }
        speaking.confirmCut();
        Thought thought = Thought.of(current.text(), dialogue.expected());
        long due = dueAt(current, thought);
        if (call.loop().nanos() >= due) {
            current.decide(due);
            slow.waits(Patience.For.REPLY, due);
        } else {
            judgeAt(due);
        }
        boolean mayBeAll = current.keys().isEmpty() && thought.mayBeAll();
        if (answer == null && (current.decided() || mayBeAll)) {
            sequel.drop();
            answer = replies.begin(dialogue, current, !current.decided());
        }
        sayAnswer();
    }

    /** When the turn is over, unless the caller goes on. */
    private long dueAt(CallerTurn current, Thought thought) {
        if (!current.keys().isEmpty()) {
            int waitMs = Keypad.waitMs(current.keys(), dialogue.expected());
            return current.keyedAt() + waitMs * 1_000_000L;
        }
        int silenceMs = EndOfTurn.silenceMs(
                turnTaking.getSilenceMinMs(), turnTaking.getSilenceMaxMs(), thought, current.soundsFinished());
        long end = signals.listening().nanosAt(current.end());
        return Math.max(end + silenceMs * 1_000_000L, current.endKnownAt());
    }

    private boolean wasListening(CallerTurn current) {
        return speaking.pause() != null
                && current.keys().isEmpty()
                && Interruption.wasListening(rules, meaning(current));
    }

    /** How many words of a turn say something, while the agent speaks or has paused: its own, as they come back, do not. */
    private int meaning(CallerTurn current) {
        if (!current.keys().isEmpty() || speaking.nothing()) {
            return Words.meaning(current.text(), asksYesOrNo());
        }
        List<String> words = Words.of(current.text());
        double below = signals.belowUsualDb(current);
        boolean others = Interruption.isEcho(words, Words.of(speaking.heardNow()), below)
                || Interruption.isDistant(words, below);
        return others ? 0 : Words.meaning(current.text(), asksYesOrNo());
    }

    /** The sound said nothing: if it cut the agent off, the agent goes on. */
    private void wasNothing() {
        dropSound();
        resumeCut();
        listener.rest();
    }

    /** An interruption of which the recognizer makes nothing, yet: the agent is not silent for ever. */
    private void awaitWords(CallerTurn current) {
        Speaking.Pause pause = speaking.pause();
        if (pause == null || current.hasWords() || rules.resumeAfterMs() == 0) {
            return;
        }
        long sinceMs = (call.loop().nanos() - pause.since()) / 1_000_000;
        if (Interruption.wasNothing(rules, sinceMs, current.speaking(), 0, current.whole())) {
            // The turn stays: words that come late interrupt once more.
            slow.stop();
            resumeCut();
        } else {
            judgeAt(pause.since() + rules.resumeAfterMs() * 1_000_000L);
        }
    }

    private void resumeCut() {
        if (speaking.pause() == null) {
            return;
        }
        Saying unspoken = speaking.resumeCut();
        if (unspoken != null) {
            if (unspoken.answer() != null) {
                sequel.stopped(unspoken.answer());
            }
            String rest = unspoken.speech().parted().notHeard();
            if (!rest.isEmpty()) {
                listener.say(rest, unspoken.purpose());
            }
        }
    }

    private boolean asksYesOrNo() {
        return dialogue.expected() == Thought.Expected.YES_OR_NO;
    }

    private void judgeAt(long nanos) {
        if (judgment == null) {
            judgment = call.loop().after(nanos - call.loop().nanos(), this::judge);
        }
    }

    private void stopJudgment() {
        if (judgment != null) {
            judgment.cancel();
            judgment = null;
        }
    }

    /** Forgets a sound that was nothing. */
    private void dropSound() {
        dropTurn();
        sequel.goOnWaiting();
    }

    /** Forgets what the caller is saying, and what was begun for it. */
    void dropTurn() {
        stopJudgment();
        slow.stop();
        signals.forget();
        if (answer != null) {
            answer.cancel();
            answer = null;
        }
        replies.close();
    }

    // The reply.

    @Override
    public void progressed(Answer progressed) {
        if (progressed == answer) {
            sayAnswer();
        } else if (sequel.progressed(progressed)) {
            rests();
        } else {
            speaking.mouth().proceed();
        }
    }

    @Override
    public void generated(Answer generated) {
        replies.worked();
        int turn = speaking.answersTurn(generated);
        if (turn > 0) {
            sequel.took(generated, turn);
        }
    }

    @Override
    public void failed(Answer failed, Status status) {
        LOG.log(
                System.Logger.Level.WARNING,
                "call {0}: a reply failed ({1}: {2})",
                call.fence(),
                status.getCode(),
                status.getDescription());
        if (sequel.failed(failed, status, this::rests)) {
            return;
        }
        if (failed != answer) {
            // What there is of it is said to its end.
            speaking.mouth().proceed();
            return;
        }
        answer = null;
        CallerTurn current = signals.turn();
        if (current != null && !current.speaking()) {
            replies.again(status, () -> {
                if (signals.turn() == current && answer == null && current.decided()) {
                    answer = replies.begin(dialogue, current, false);
                }
            });
        }
    }

    /** Says the reply once its turn is decided and there is something to say, or nothing to come. */
    private void sayAnswer() {
        Answer ready = answer;
        CallerTurn current = signals.turn();
        if (ready == null || current == null || !current.decided() || current.speaking()) {
            return;
        }
        Saying reply = new Saying(ready.speech(), new Purpose.Reply(0), ready);
        if (ready.hasAudio()) {
            answer = null;
            listener.say(reply);
        } else if (ready.ended()) {
            // A reply without words: only what it wants done.
            answer = null;
            commit(reply, current);
            conductor.act(ready);
            listener.rest();
        }
    }

    /** From here on the caller's turn is in the dialogue, and what the model made of it counts. */
    private void commit(Saying saying, CallerTurn current) {
        slow.stop();
        stopJudgment();
        signals.committed();
        sequel.committed();
        int turn = record.caller(current);
        saying.replies(turn);
        if (saying.answer() != null) {
            sequel.took(saying.answer(), turn);
        }
        conductor.changed();
    }
}
