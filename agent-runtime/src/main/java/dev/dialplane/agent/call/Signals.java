package dev.dialplane.agent.call;

import dev.dialplane.agent.dialogue.Turn;
import dev.dialplane.agent.hearing.Ear;
import dev.dialplane.agent.hearing.EchoPath;
import dev.dialplane.agent.speaking.Mouth;
import dev.dialplane.agent.turn.Interruption.Evidence;
import dev.dialplane.contracts.agent.v1.CallerSpeech;
import dev.dialplane.contracts.agent.v1.PartialTranscript;
import dev.dialplane.contracts.agent.v1.TurnEvent;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What turn-taking goes by: the caller's turn as it grows, heard by the ear and the recognizer, or pressed on a keypad.
 * Decides nothing; positions are samples at 8 kHz.
 */
final class Signals implements Listening.Listener {
    /** Hears that there is something new to judge by. */
    interface Listener {
        /** The caller speaks, since {@code onset}; {@code goesOn} with the turn at hand, or begins another. */
        void callerSpeaks(long onset, boolean goesOn);

        /** The caller has pressed a key, at the sample {@code at}; {@code goesOn} with the turn at hand, or begins another. */
        void callerKeys(long at, boolean goesOn);

        /** The caller has fallen silent. */
        void callerPauses();

        /** The turn's transcript is another, or will not get any better. */
        void transcribed();

        /** There is another opinion on whether the caller has finished. */
        void predicted();
    }

    /** How much of the usual loudness the last turn is. */
    private static final float USUAL_SHARE = 0.3f;
    /** 200 ms: no carrier's frame is longer; what a call replays at its beginning is no echo. */
    private static final int MOST_COMPARED = 20;

    private final CallContext call;
    private final Pipeline pipeline;
    private final BooleanSupplier sensitive;
    private final Listener listener;
    private final Listening listening;
    private @Nullable CallerTurn turn;
    private final EchoPath echo = new EchoPath();
    private long compared;
    private long utterances;
    /** Of the caller's turns: their loudest 10 ms, averaged; an RMS value in 16-bit steps, 0 before the first. */
    private float usualLoudness;

    /** @param sensitive whether what the caller says now must not be told */
    Signals(CallContext call, Pipeline pipeline, BooleanSupplier sensitive, Listener listener) {
        this.call = call;
        this.pipeline = pipeline;
        this.sensitive = sensitive;
        this.listener = listener;
        listening = new Listening(call, pipeline, this);
    }

    Listening listening() {
        return listening;
    }

    /** What the caller is saying, or has said and is not answered yet; null while there is no such thing. */
    @Nullable
    CallerTurn turn() {
        return turn;
    }

    /** The caller's time now, in ms since the call's start. */
    long mediaMs() {
        return listening.mediaMs(listening.heard());
    }

    /**
     * What is known of a sound that began at {@code onset} and made the agent fall silent at {@code pausedAt}.
     *
     * @param words how many of its words say something
     */
    Evidence evidence(CallerTurn current, long onset, long pausedAt, int words) {
        long until = current.speaking() ? listening.heard() : current.end();
        return new Evidence(
                (call.loop().nanos() - pausedAt) / 1_000_000,
                listening.mediaMs(until) - listening.mediaMs(onset),
                current.speaking(),
                words,
                current.whole());
    }

    /** By how many dB a turn is quieter than the caller's turns so far; 0 before the first. */
    double belowUsualDb(CallerTurn current) {
        float loudest = listening.loudest(current.start());
        return usualLoudness == 0 || loudest == 0 ? 0 : 20 * Math.log10(usualLoudness / loudest);
    }

    /** A turn that another agent has heard, and has not answered. */
    CallerTurn taken(Turn.Caller said) {
        CallerTurn taken = CallerTurn.taken(said, listening.heard(), call.loop().nanos());
        turn = taken;
        return taken;
    }

    /** The caller has pressed a key. */
    void key(String key) {
        long at = listening.heard();
        long now = call.loop().nanos();
        CallerTurn before = turn;
        CallerTurn current = before == null ? CallerTurn.keyed(at, now) : before;
        turn = current;
        current.key(key, at, now);
        pipeline.key(key);
        listener.callerKeys(at, before != null);
    }

    /** Compares what has come from the caller with what the caller hears of the agent, who may come back from there. */
    void compare(Mouth mouth) {
        long frames = listening.frames();
        for (compared = Math.max(compared, frames - MOST_COMPARED); compared < frames; compared++) {
            echo.frame(
                    mouth.level((int) (frames - 1 - compared) * 10),
                    listening.level(compared),
                    listening.concealed(compared));
        }
    }

    /** Whether what is heard since a sample is the agent's own sound. */
    boolean isEcho(long onset) {
        return echo.explains((int) ((listening.heard() - onset) * 100 / Ear.RATE));
    }

    /** Whether what was heard last is. */
    boolean isEchoStill() {
        return echo.explainsWhatCameLast();
    }

    /** From where on the caller's audio is in no committed turn, in ms since the call's start. */
    long uncommittedMs() {
        return turn == null ? mediaMs() : listening.mediaMs(listening.from(turn.start()));
    }

    /** The turn was taken into the dialogue: the next speech begins another. */
    void committed() {
        if (turn != null && turn.heardHere()) {
            float loudest = listening.loudest(turn.start());
            usualLoudness = usualLoudness == 0 ? loudest : usualLoudness + USUAL_SHARE * (loudest - usualLoudness);
        }
        turn = null;
        listening.end();
    }

    /** The turn was nothing. */
    void forget() {
        turn = null;
        listening.forget();
        pipeline.forget();
    }

    @Override
    public void speechBegan(long onset) {
        tell(true);
        CallerTurn current = turn;
        boolean first = current == null || !current.heardHere();
        if (current == null) {
            turn = new CallerTurn(onset);
        } else {
            current.goesOn();
        }
        if (first) {
            listening.begin(++utterances, onset);
        } else {
            listening.more();
        }
        listener.callerSpeaks(onset, current != null);
    }

    @Override
    public void speechEnded(long end) {
        tell(false);
        CallerTurn current = turn;
        if (current != null) {
            current.pauses(end, call.loop().nanos());
            current.echo(isEcho(current.start()));
            listening.finish();
        }
        listener.callerPauses();
    }

    @Override
    public void transcript(String text, boolean whole) {
        CallerTurn current = turn;
        if (current == null) {
            return;
        }
        current.heard(text, whole, call.loop().nanos());
        if (!current.whole() && !sensitive.getAsBoolean()) {
            call.line()
                    .event(TurnEvent.newBuilder()
                            .setPartialTranscript(PartialTranscript.newBuilder().setText(text)));
        }
        listener.transcribed();
    }

    @Override
    public void transcriptFailed() {
        CallerTurn current = turn;
        if (current != null) {
            current.takeAsIs(call.loop().nanos());
            listener.transcribed();
        }
    }

    @Override
    public void endPredicted(double finished) {
        CallerTurn current = turn;
        if (current != null) {
            current.soundsFinished(finished);
            listener.predicted();
        }
    }

    private void tell(boolean speaks) {
        call.line()
                .event(TurnEvent.newBuilder()
                        .setCallerSpeech(CallerSpeech.newBuilder().setOn(speaks)));
    }
}
