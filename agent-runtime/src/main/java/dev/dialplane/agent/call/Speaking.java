package dev.dialplane.agent.call;

import dev.dialplane.agent.call.Saying.Purpose;
import dev.dialplane.agent.speaking.Mouth;
import dev.dialplane.agent.speaking.Speech;
import dev.dialplane.contracts.agent.v1.AudioKind;
import dev.dialplane.contracts.agent.v1.Interrupted;
import dev.dialplane.contracts.agent.v1.TurnEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the agent says, and what becomes of it when the caller makes a sound: said, paused, cut, gone on with or dropped.
 * Carries out what turn-taking decided; decides nothing.
 */
final class Speaking implements Mouth.Listener {
    /** Hears how it goes. */
    interface Listener {
        /** The first sample of something has just left. */
        void began(Saying saying);

        /** The caller heard something to its end. */
        void finished(Saying saying);

        /** The caller heard only a part of something, and the rest will not follow. */
        void cutOff(Saying saying);

        /** The caller has heard all that there is of a reply, and more is to come. */
        void ranDry(Saying saying);

        /** More of a reply that ran dry leaves. */
        void flows(Saying saying);
    }

    /** The agent has fallen silent because the caller makes a sound. Times are ns of the loop's time. */
    static final class Pause {
        private final long since;
        private final long onset;
        private final long generation;
        private boolean interruption;

        private Pause(long since, long onset, long generation) {
            this.since = since;
            this.onset = onset;
            this.generation = generation;
        }

        long since() {
            return since;
        }

        /** The sample at which the sound began. */
        long onset() {
            return onset;
        }

        /** Whether it is known to be an interruption; until then it is not known what it is. */
        boolean interruption() {
            return interruption;
        }
    }

    private final CallContext call;
    private final Signals signals;
    private final Listener listener;
    private final Mouth mouth;
    /** What is in the mouth, in order. */
    private final List<Saying> sayings = new ArrayList<>();

    private @Nullable Pause pause;

    Speaking(CallContext call, Signals signals, Listener listener) {
        this.call = call;
        this.signals = signals;
        this.listener = listener;
        mouth = new Mouth(
                call.loop(), call.line(), this, call.codecOut(), call.offer().getCarrier());
    }

    Mouth mouth() {
        return mouth;
    }

    /** The pause at hand; null unless the agent has fallen silent for the caller. */
    @Nullable
    Pause pause() {
        return pause;
    }

    /** Whether nothing is being said, or waits to be. */
    boolean nothing() {
        return sayings.isEmpty();
    }

    /** Whether the caller may interrupt all that is being said. */
    boolean interruptible() {
        return sayings.stream().allMatch(Saying::interruptible);
    }

    /** Whether something is being said that is more than a filler. */
    boolean saysSomething() {
        return mouth.busy() && !sayings.stream().allMatch(Saying::filler);
    }

    /** Whether all that the caller hears is a filler, and not one within a reply. */
    boolean onlyFillerAudible() {
        return mouth.audibleOnly(AudioKind.AUDIO_KIND_FILLER)
                && sayings.stream().noneMatch(saying -> saying.answersTurn() > 0);
    }

    /** The committed turn that {@code answer} answers, while it is being said; 0 if there is none. */
    int answersTurn(Answer answer) {
        return sayings.stream()
                .filter(saying -> saying.answer() == answer)
                .mapToInt(Saying::answersTurn)
                .findFirst()
                .orElse(0);
    }

    /** What the caller has heard of what is being said. */
    String heardNow() {
        mouth.update();
        return sayings.stream().map(saying -> saying.speech().parted().heard()).collect(Collectors.joining(" "));
    }

    /** Says something after all that is being said. */
    void say(Saying saying) {
        sayings.add(saying);
        if (saying.purpose() instanceof Purpose.Dialing(String digits, var _)) {
            mouth.dial(saying.speech(), digits);
        } else {
            mouth.say(saying.speech(), saying.filler() ? AudioKind.AUDIO_KIND_FILLER : AudioKind.AUDIO_KIND_SPEECH);
        }
    }

    /** Says a filler in the silence of a reply that ran dry; nothing where there is no such silence. */
    void interject(Saying filler) {
        if (mouth.interject(filler.speech(), AudioKind.AUDIO_KIND_FILLER)) {
            sayings.add(filler);
        }
    }

    /** Takes a reply back of which nothing has left; null if there is none such. */
    @Nullable
    Answer takeBack() {
        Answer taken = null;
        for (Saying saying : List.copyOf(sayings)) {
            if (saying.purpose() instanceof Purpose.Reply(int number) && number == 0) {
                mouth.forget(saying.speech());
                sayings.remove(saying);
                taken = saying.answer();
            }
        }
        return taken;
    }

    /** Falls silent, for the sound that began at {@code onset}, and keeps what was not heard. */
    void pause(long onset) {
        pause = new Pause(call.loop().nanos(), onset, mouth.generation());
        mouth.pause();
    }

    /** The pause was for nothing: goes on exactly where it was. */
    void goOn() {
        pause = null;
        mouth.resume();
    }

    /** The sound that began at {@code onset} is an interruption; stops model and voice, and counts it. */
    void interrupt(long onset) {
        Pause interrupted = pause == null ? new Pause(call.loop().nanos(), onset, mouth.generation()) : pause;
        interrupted.interruption = true;
        pause = interrupted;
        call.tally().interrupted();
        mouth.cut();
        sayings.forEach(Speaking::cancel);
        call.line()
                .event(TurnEvent.newBuilder()
                        .setInterrupted(Interrupted.newBuilder()
                                .setGeneration(interrupted.generation)
                                .setSpeechOnsetMs(signals.listening().mediaMs(onset))));
    }

    /** The interruption was a turn: what the caller did not hear of the agent's is gone. */
    void confirmCut() {
        if (pause != null) {
            pause = null;
            cutOff(true);
        }
    }

    /**
     * The interruption was none: goes on, from the audio that there is.
     *
     * @return what a voice has to speak anew, because its audio was stopped; null if nothing
     */
    @Nullable
    Saying resumeCut() {
        pause = null;
        // A hold phrase before it is whole; the reply that it led to may not be.
        Saying stopped =
                sayings.stream().filter(saying -> !isWhole(saying)).findFirst().orElse(null);
        if (stopped == null) {
            mouth.resume();
        } else {
            cutOff(true);
        }
        return stopped;
    }

    private static boolean isWhole(Saying saying) {
        return saying.answer() == null
                || saying.answer().done() != null && saying.speech().allSpoken();
    }

    /** Ends whatever is being said; {@code remember} what the caller heard of it as the agent's turn. */
    void cutOff(boolean remember) {
        mouth.update();
        List<Saying> cut = List.copyOf(sayings);
        sayings.clear();
        mouth.drop();
        for (Saying saying : cut) {
            cancel(saying);
            if (remember && !saying.filler()) {
                listener.cutOff(saying);
            }
        }
    }

    /** Ends everything, without a word to anybody. */
    void close() {
        sayings.forEach(Speaking::cancel);
        sayings.clear();
        pause = null;
        mouth.close();
    }

    @Override
    public void began(Speech speech) {
        Saying saying = saying(speech);
        if (saying != null) {
            saying.startMs(signals.mediaMs());
            listener.began(saying);
        }
    }

    @Override
    public void finished(Speech speech) {
        Saying saying = saying(speech);
        if (saying != null) {
            sayings.remove(saying);
            listener.finished(saying);
        }
    }

    @Override
    public void ranDry(Speech speech) {
        Saying saying = saying(speech);
        if (saying != null) {
            listener.ranDry(saying);
        }
    }

    @Override
    public void flows(Speech speech) {
        Saying saying = saying(speech);
        if (saying != null) {
            listener.flows(saying);
        }
    }

    private static void cancel(Saying saying) {
        if (saying.answer() != null) {
            saying.answer().cancel();
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
