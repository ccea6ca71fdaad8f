package dev.dialplane.agent.call;

import dev.dialplane.agent.call.Saying.Purpose;
import dev.dialplane.agent.dialogue.Dialogue;
import dev.dialplane.agent.loop.Loop;
import dev.dialplane.agent.speaking.Mouth;
import dev.dialplane.agent.speaking.Speech;
import dev.dialplane.agent.turn.EndOfTurn;
import dev.dialplane.agent.turn.Interruption;
import dev.dialplane.agent.turn.Interruption.Evidence;
import dev.dialplane.agent.turn.Thought;
import dev.dialplane.agent.turn.Words;
import dev.dialplane.contracts.agent.v1.AgentSpeechStarted;
import dev.dialplane.contracts.agent.v1.AgentTurn;
import dev.dialplane.contracts.agent.v1.AudioKind;
import dev.dialplane.contracts.agent.v1.CallerSpeech;
import dev.dialplane.contracts.agent.v1.Interrupted;
import dev.dialplane.contracts.agent.v1.PartialTranscript;
import dev.dialplane.contracts.agent.v1.Played;
import dev.dialplane.contracts.agent.v1.TurnEvent;
import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.common.v1.ResponseTime;
import dev.dialplane.contracts.common.v1.TurnTaking;
import dev.dialplane.contracts.inference.v1.PhraseKind;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who has the floor: the caller's turn as it grows, the reply as it comes, what is being said, and what an interruption
 * does to it.
 *
 * <p>A turn is <i>decided</i> when the silence after it says that the caller has finished, and <i>committed</i> when the
 * first sample of the reply leaves; until then more speech is merged into it, and whatever was begun for it is dropped
 * without a trace. Only then do turns enter the dialogue, and only after what was said is played do actions happen.
 */
final class Conversation implements Listening.Listener, Answer.Listener, Mouth.Listener {
    /** What a conversation asks of the call that it belongs to. */
    interface Conductor {
        /** Carry out what the model wants, now that the caller has heard the reply. */
        void act(Answer answer);

        /** The last words were heard. */
        void end(Cause cause);

        /** Something worth keeping changed. */
        void changed();

        /** No model answers. */
        void giveUp();
    }

    private static final System.Logger LOG = System.getLogger(Conversation.class.getName());

    private final CallContext call;
    private final Conductor conductor;
    private final Dialogue dialogue;
    private final Listening listening;
    private final Mouth mouth;
    private final Replies replies;
    private final TurnTaking turnTaking;
    private final Interruption.Rules rules;
    private final Ladder idle;
    private final Ladder slow;
    /** What is in the mouth, in order. */
    private final List<Saying> sayings = new ArrayList<>();

    private @Nullable CallerTurn turn;
    private @Nullable Answer answer;
    private @Nullable Pause pause;
    private Loop.@Nullable Timer judgment;
    private long utterances;
    private boolean onHold;
    private boolean over;

    /** The agent has fallen silent because the caller makes a sound. */
    private static final class Pause {
        final long since;
        final long onset;
        final long generation;
        boolean interruption;

        Pause(long since, long onset, long generation) {
            this.since = since;
            this.onset = onset;
            this.generation = generation;
        }
    }

    Conversation(CallContext call, Conductor conductor, Dialogue dialogue) {
        this.call = call;
        this.conductor = conductor;
        this.dialogue = dialogue;
        listening = new Listening(call, this);
        mouth = new Mouth(
                call.loop(), call.line(), this, call.codecOut(), call.offer().getCarrier());
        replies = new Replies(call, this);
        turnTaking = call.spec().getTurnTaking();
        rules = rulesOf(turnTaking);
        idle = new Ladder(call.loop())
                .step(turnTaking.getIdlePromptMs(), this::promptIdle)
                .step(turnTaking.getIdleHangUpMs(), this::hangUpIdle);
        slow = new Ladder(call.loop())
                .step(call.spec().getSlowModel().getHoldPhraseMs(), this::fill)
                .step(call.spec().getSlowModel().getGiveUpMs(), conductor::giveUp);
    }

    static Interruption.Rules rulesOf(TurnTaking turnTaking) {
        var rules = turnTaking.getInterruption();
        Interruption.Mode mode = switch (rules.getMode()) {
            case INTERRUPTION_MODE_IMMEDIATE -> Interruption.Mode.IMMEDIATE;
            case INTERRUPTION_MODE_NEVER -> Interruption.Mode.NEVER;
            case INTERRUPTION_MODE_PAUSE_THEN_DECIDE, INTERRUPTION_MODE_UNSPECIFIED, UNRECOGNIZED ->
                Interruption.Mode.PAUSE_THEN_DECIDE;
        };
        return new Interruption.Rules(
                mode, rules.getMinSpeechMs(), rules.getMinWords(), rules.getDecideWithinMs(), rules.getResumeAfterMs());
    }

    Mouth mouth() {
        return mouth;
    }

    Listening listening() {
        return listening;
    }

    Dialogue dialogue() {
        return dialogue;
    }

    /** The caller's time now. */
    long mediaMs() {
        return listening.mediaMs(listening.heard());
    }

    /** Says a phrase that was prepared; false if there is none. */
    boolean say(PhraseKind phrase, Purpose purpose) {
        Speech speech = call.prepared().phrases().speech(phrase, call.codecOut());
        if (speech == null) {
            return false;
        }
        say(new Saying(speech, purpose, null));
        return true;
    }

    /** Says a text that a voice has to speak first. */
    void say(String text, Purpose purpose) {
        Answer spoken = new Answer(call, "", this);
        say(new Saying(spoken.speech(), purpose, spoken));
        spoken.speak(text);
    }

    /** Stops whatever is said and thought, and says the last words; without any, the call ends at once. */
    void farewell(PhraseKind phrase, Cause cause, boolean interruptible) {
        if (over) {
            return;
        }
        dropTurn();
        cutOff(true);
        idle.stop();
        if (!say(phrase, new Purpose.Farewell(cause, interruptible))) {
            conductor.end(cause);
        }
    }

    /** No model answers: apologizes, and the call ends. What the caller said last is kept for the record. */
    void apologize() {
        CallerTurn current = turn;
        if (current != null && current.hasWords()) {
            enter(current);
        }
        farewell(PhraseKind.PHRASE_KIND_APOLOGY, Cause.CAUSE_MODEL_UNAVAILABLE, false);
    }

    /** The call ends: what is being said is cut, and what was heard of it is recorded. */
    void finish() {
        over = true;
        cutOff(true);
    }

    /** Nothing more is heard or said. */
    void close() {
        over = true;
        dropTurn();
        sayings.forEach(saying -> {
            if (saying.answer() != null) {
                saying.answer().cancel();
            }
        });
        sayings.clear();
        pause = null;
        idle.stop();
        replies.close();
        listening.close();
        mouth.close();
    }

    void hold(boolean on) {
        onHold = on;
        listening.deaf(on);
        if (on) {
            idle.stop();
        } else {
            rest();
        }
    }

    void played(Played played) {
        mouth.played(played.getGeneration(), played.getSample(), played.getKind());
    }

    /** Every frame, after it was heard. */
    void heard() {
        if (pause != null && !pause.interruption) {
            decideInterruption();
        }
    }

    // The caller.

    @Override
    public void speechBegan(long onset) {
        call.line()
                .event(TurnEvent.newBuilder()
                        .setCallerSpeech(CallerSpeech.newBuilder().setOn(true)));
        idle.stop();
        stopJudgment();
        CallerTurn current = turn;
        if (current == null) {
            turn = new CallerTurn(onset);
            listening.begin(++utterances, onset);
        } else {
            current.goesOn();
            slow.stop();
            unsay();
            listening.more();
        }
        if (pause != null || !mouth.audible() || !sayings.stream().allMatch(Saying::interruptible)) {
            return;
        }
        if (mouth.audibleOnly(AudioKind.AUDIO_KIND_FILLER)) {
            cutOff(false);
            return;
        }
        switch (Interruption.atSpeech(rules.mode())) {
            case PAUSE -> {
                pause = new Pause(call.loop().nanos(), onset, mouth.generation());
                mouth.pause();
            }
            case INTERRUPT -> {
                pause = new Pause(call.loop().nanos(), onset, mouth.generation());
                interrupt(pause);
            }
            case IGNORE -> {}
        }
    }

    @Override
    public void speechEnded(long end) {
        call.line()
                .event(TurnEvent.newBuilder()
                        .setCallerSpeech(CallerSpeech.newBuilder().setOn(false)));
        CallerTurn current = turn;
        if (current == null) {
            rest();
            return;
        }
        current.pauses(end, call.loop().nanos());
        listening.finish();
        judge();
    }

    @Override
    public void transcript(String text, boolean whole) {
        CallerTurn current = turn;
        if (current == null) {
            return;
        }
        current.heard(text, whole, call.loop().nanos());
        if (!current.whole()) {
            call.line()
                    .event(TurnEvent.newBuilder()
                            .setPartialTranscript(PartialTranscript.newBuilder().setText(text)));
        }
        dropOutdatedAnswer(current);
        judge();
    }

    @Override
    public void transcriptFailed() {
        CallerTurn current = turn;
        if (current != null) {
            current.takeAsIs(call.loop().nanos());
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

    /** Looks at the interruption first, then at the end of the turn. */
    private void judge() {
        stopJudgment();
        if (pause != null && !pause.interruption) {
            decideInterruption();
        }
        CallerTurn current = turn;
        if (current != null && (pause == null || pause.interruption)) {
            judgeTurn(current);
        }
    }

    private void judgeTurn(CallerTurn current) {
        if (current.speaking() || current.decided() || over || !sayings.stream().allMatch(Saying::interruptible)) {
            return;
        }
        long now = call.loop().nanos();
        long end = listening.nanosAt(current.end());
        if (!current.whole()) {
            long enough = end + turnTaking.getSilenceMinMs() * 1_000_000L;
            slow.start(enough);
            return;
        }
        if (!current.hasWords()) {
            wasNothing();
            return;
        }
        if (pause == null && mouth.busy() && !onlyFiller()) {
            switch (rules.mode()) {
                case NEVER -> {
                    // Judged again when the agent has finished.
                    return;
                }
                case IMMEDIATE, PAUSE_THEN_DECIDE -> {
                    // The agent goes on after a pause, or began in the middle of the sound.
                    if (Words.meaning(current.text(), asksYesOrNo()) < Math.max(1, rules.minWords())) {
                        dropTurn();
                        return;
                    }
                    pause = new Pause(now, current.start(), mouth.generation());
                    interrupt(pause);
                }
            }
        }
        confirmCut();
        Thought thought = Thought.of(current.text(), dialogue.expected());
        long required =
                EndOfTurn.silenceMs(turnTaking.getSilenceMinMs(), turnTaking.getSilenceMaxMs(), thought) * 1_000_000L;
        long due = Math.max(end + required, current.endKnownAt());
        if (now >= due) {
            current.decide(due);
            slow.start(due);
        } else {
            judgment = call.loop().after(due - now, this::judge);
        }
        boolean likely = thought == Thought.FINISHED || thought == Thought.OPEN;
        if (answer == null && (current.decided() || likely)) {
            answer = replies.begin(dialogue, current.text(), !current.decided());
        }
        speakAnswer();
    }

    /** The sound had no words. */
    private void wasNothing() {
        Pause interrupted = pause;
        dropTurn();
        if (interrupted != null) {
            pause = null;
            resumeCut();
        }
        rest();
    }

    // Interruptions.

    private void decideInterruption() {
        Pause paused = pause;
        CallerTurn current = turn;
        if (paused == null || current == null) {
            return;
        }
        long now = call.loop().nanos();
        long until = current.speaking() ? listening.heard() : current.end();
        Evidence evidence = new Evidence(
                (now - paused.since) / 1_000_000,
                listening.mediaMs(until) - listening.mediaMs(paused.onset),
                current.speaking(),
                Words.meaning(current.text(), asksYesOrNo()),
                current.whole());
        switch (Interruption.decide(rules, evidence)) {
            case INTERRUPTION -> interrupt(paused);
            case NOTHING -> {
                pause = null;
                if (current.whole()) {
                    dropTurn();
                }
                // Otherwise a late transcript may still show that it was something.
                mouth.resume();
                rest();
            }
            case UNDECIDED -> {
                if (!current.speaking() && judgment == null) {
                    judgment = call.loop().after(paused.since + rules.decideWithinMs() * 1_000_000L - now, this::judge);
                }
            }
        }
    }

    private boolean asksYesOrNo() {
        return dialogue.expected() == Thought.Expected.YES_OR_NO;
    }

    private void interrupt(Pause paused) {
        paused.interruption = true;
        call.tally().interrupted();
        mouth.cut();
        for (Saying saying : sayings) {
            if (saying.answer() != null) {
                saying.answer().cancel();
            }
        }
        call.line()
                .event(TurnEvent.newBuilder()
                        .setInterrupted(Interrupted.newBuilder()
                                .setGeneration(paused.generation)
                                .setSpeechOnsetMs(listening.mediaMs(paused.onset))));
    }

    /** It was a turn: what the caller did not hear of the agent's is gone. */
    private void confirmCut() {
        if (pause != null) {
            pause = null;
            cutOff(true);
        }
    }

    /** It was none: the agent goes on, from what it has or from its text. */
    private void resumeCut() {
        Saying first = sayings.isEmpty() ? null : sayings.getFirst();
        if (first == null) {
            return;
        }
        boolean whole = first.answer() == null
                || first.answer().done() != null && first.speech().allSpoken();
        if (whole) {
            mouth.resume();
            return;
        }
        String rest = first.speech().parted().notHeard();
        cutOff(true);
        if (!rest.isEmpty()) {
            say(rest, first.purpose());
        }
    }

    /** Ends whatever is in the mouth; {@code remember} what the caller heard of it as the agent's turn. */
    private void cutOff(boolean remember) {
        mouth.update();
        List<Saying> cut = List.copyOf(sayings);
        sayings.clear();
        mouth.drop();
        for (Saying saying : cut) {
            if (saying.answer() != null) {
                saying.answer().cancel();
            }
            if (remember && !saying.filler()) {
                agentTurnOver(saying, true);
            }
        }
    }

    // The reply.

    @Override
    public void progressed(Answer progressed) {
        if (progressed == answer) {
            speakAnswer();
        } else {
            mouth.proceed();
        }
    }

    @Override
    public void generated(Answer generated) {
        replies.worked();
        boolean committed =
                sayings.stream().anyMatch(saying -> saying.answer() == generated && saying.answersTurn() > 0);
        if (committed) {
            keepState(generated);
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
        if (failed == answer) {
            answer = null;
            CallerTurn current = turn;
            if (current != null && !current.speaking()) {
                replies.again(status, () -> {
                    if (turn == current && answer == null && current.decided()) {
                        answer = replies.begin(dialogue, current.text(), false);
                    }
                });
            }
        } else {
            // What there is of it is said to its end.
            mouth.proceed();
        }
    }

    /** Says the reply once its turn is decided and there is something to say, or nothing to come. */
    private void speakAnswer() {
        Answer ready = answer;
        CallerTurn current = turn;
        if (ready == null || current == null || !current.decided() || current.speaking()) {
            return;
        }
        if (ready.hasAudio()) {
            answer = null;
            say(new Saying(ready.speech(), new Purpose.Reply(0), ready));
        } else if (ready.ended()) {
            // A reply without words: only what it wants done.
            answer = null;
            Saying silent = new Saying(ready.speech(), new Purpose.Reply(0), ready);
            commit(silent, current);
            conductor.act(ready);
            rest();
        }
    }

    private void say(Saying saying) {
        sayings.add(saying);
        idle.stop();
        mouth.say(saying.speech(), saying.filler() ? AudioKind.AUDIO_KIND_FILLER : AudioKind.AUDIO_KIND_SPEECH);
    }

    /** Takes a reply back that waits behind other things and of which nothing has left: the caller goes on. */
    private void unsay() {
        for (Saying saying : List.copyOf(sayings)) {
            if (saying.purpose() instanceof Purpose.Reply(int number) && number == 0) {
                mouth.forget(saying.speech());
                sayings.remove(saying);
                answer = saying.answer();
            }
        }
    }

    @Override
    public void began(Speech speech) {
        long now = call.loop().nanos();
        Saying saying = saying(speech);
        if (saying == null) {
            return;
        }
        saying.startMs(mediaMs());
        CallerTurn current = turn;
        if (saying.purpose() instanceof Purpose.Reply && current != null && current.decided()) {
            reply(saying, current, now);
        }
        if (!saying.filler()) {
            AgentSpeechStarted.Builder started = AgentSpeechStarted.newBuilder()
                    .setAnswersTurn(saying.answersTurn())
                    .setGeneration(mouth.generation());
            ResponseTime response = saying.response();
            if (response != null) {
                started.setResponse(response);
            }
            call.line().event(TurnEvent.newBuilder().setAgentSpeechStarted(started));
        }
    }

    private void reply(Saying saying, CallerTurn current, long now) {
        Answer said = saying.answer();
        if (said != null) {
            ResponseTime response = new CriticalPath(
                            listening.nanosAt(current.end()),
                            current.decidedAt(),
                            current.transcribedAt(),
                            said.firstClauseAt(),
                            said.firstAudioAt(),
                            now)
                    .toProto();
            saying.response(response);
            call.tally().responded(response);
        }
        commit(saying, current);
    }

    /** From here on the caller's turn is in the dialogue, and what the model made of it counts. */
    private void commit(Saying saying, CallerTurn current) {
        slow.stop();
        stopJudgment();
        turn = null;
        listening.end();
        saying.replies(enter(current));
        if (saying.answer() != null && saying.answer().done() != null) {
            keepState(saying.answer());
        }
        conductor.changed();
    }

    private int enter(CallerTurn current) {
        int number = dialogue.callerSaid(current.text());
        call.line()
                .event(TurnEvent.newBuilder()
                        .setCallerTurn(dev.dialplane.contracts.agent.v1.CallerTurn.newBuilder()
                                .setIndex(number)
                                .setText(current.text())
                                .setStartMs(listening.mediaMs(current.start()))
                                .setEndMs(listening.mediaMs(current.end()))));
        return number;
    }

    private void keepState(Answer committed) {
        dialogue.providerState(committed.providerState(), Replies.expected(committed.expecting()));
    }

    @Override
    public void finished(Speech speech) {
        Saying saying = saying(speech);
        if (saying == null) {
            return;
        }
        sayings.remove(saying);
        if (!saying.filler()) {
            agentTurnOver(saying, false);
        }
        switch (saying.purpose()) {
            case Purpose.Reply _ -> {
                if (saying.answer() != null) {
                    conductor.act(saying.answer());
                }
            }
            case Purpose.Farewell(Cause cause, var _) -> conductor.end(cause);
            case Purpose.Greeting _, Purpose.IdlePrompt _, Purpose.Filler _ -> {}
        }
        judge();
        rest();
    }

    private void agentTurnOver(Saying saying, boolean cut) {
        Speech.Parted parted = saying.speech().parted();
        boolean interrupted = cut && !parted.notHeard().isEmpty();
        AgentTurn.Builder event = AgentTurn.newBuilder()
                .setAnswersTurn(saying.answersTurn())
                .setText(saying.speech().text())
                .setHeardText(parted.heard())
                .setStartMs(saying.startMs())
                .setEndMs(mediaMs())
                .setInterrupted(interrupted)
                .setServedBy(saying.answer() == null ? "" : saying.answer().servedBy());
        ResponseTime response = saying.response();
        if (response != null) {
            event.setResponse(response);
        }
        call.tally().said((double) saying.speech().heard() / call.codecOut().rate());
        call.line().event(TurnEvent.newBuilder().setAgentTurn(event));
        dialogue.agentSaid(parted.heard(), interrupted ? parted.notHeard() : "");
        conductor.changed();
    }

    // Waiting.

    /** Nobody speaks and nothing is under way: from here the caller's silence counts. */
    void rest() {
        if (!over && !onHold && turn == null && answer == null && sayings.isEmpty() && pause == null) {
            idle.start(call.loop().nanos());
        }
    }

    private void promptIdle() {
        if (sayings.isEmpty() && turn == null) {
            Speech speech = call.prepared().phrases().speech(PhraseKind.PHRASE_KIND_IDLE_PROMPT, call.codecOut());
            if (speech != null) {
                Saying saying = new Saying(speech, new Purpose.IdlePrompt(), null);
                sayings.add(saying);
                // The prompt does not stop the clock of the silence that it breaks.
                mouth.say(speech, AudioKind.AUDIO_KIND_SPEECH);
            }
        }
    }

    private void hangUpIdle() {
        farewell(PhraseKind.PHRASE_KIND_GOODBYE, Cause.CAUSE_CALLER_IDLE, true);
    }

    private void fill() {
        CallerTurn current = turn;
        if (current != null && !current.speaking() && sayings.isEmpty()) {
            say(PhraseKind.PHRASE_KIND_HOLD, new Purpose.Filler());
        }
    }

    private boolean onlyFiller() {
        return sayings.stream().allMatch(Saying::filler);
    }

    private void dropTurn() {
        stopJudgment();
        slow.stop();
        turn = null;
        listening.forget();
        if (answer != null) {
            answer.cancel();
            answer = null;
        }
        replies.close();
    }

    private void stopJudgment() {
        if (judgment != null) {
            judgment.cancel();
            judgment = null;
        }
    }

    private @Nullable Saying saying(Speech speech) {
        for (Saying saying : sayings) {
            if (saying.speech() == speech) {
                return saying;
            }
        }
        return null;
    }
}
