package dev.dialplane.local.scenario.live;

import dev.dialplane.contracts.agent.v1.TurnEvent;
import dev.dialplane.local.caller.CallListener;
import dev.dialplane.local.caller.Person;
import dev.dialplane.local.caller.carrier.LineEnd;
import dev.dialplane.local.caller.carrier.LineLog.Arrival;
import dev.dialplane.local.caller.carrier.LineObserver;
import dev.dialplane.local.caller.carrier.MediaLine;
import dev.dialplane.local.caller.report.Spoken;
import dev.dialplane.local.caller.speech.Mouth;
import dev.dialplane.local.caller.talk.Sounding;
import dev.dialplane.local.scenario.Scenario;
import dev.dialplane.local.scenario.Scenario.Caller;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Says and does what a scenario's caller does, when it does it, and judges what came of it. */
public final class ScenarioCaller implements Person, LineObserver {
    private final Scenario scenario;
    private final Stage stage;
    private final CallListener listener;
    private final Play play;
    private final Mouth mouth = new Mouth(1);
    private final Sounding sounding = new Sounding();
    private final List<Spoken> spoken = new ArrayList<>();
    private volatile @Nullable MediaLine line;
    private boolean hangingUp;

    /** Of a call to be placed. */
    public ScenarioCaller(Scenario scenario, Stage stage, CallListener listener) {
        this.scenario = scenario;
        this.stage = stage;
        this.listener = listener;
        play = new Play(scenario);
    }

    @Override
    public Mouth mouth() {
        return mouth;
    }

    @Override
    public LineObserver observer() {
        return this;
    }

    @Override
    public void open(MediaLine opened) {
        line = opened;
    }

    @Override
    public void recorded(TurnEvent event) {
        play.recorded(event);
    }

    @Override
    public void started(long startNanos) {
        stage.models(scenario.models());
        listener.connected();
    }

    @Override
    public void heard(long mediaMs, int samples, double dBov) {
        boolean audible = sounding.hear(mediaMs, samples, dBov);
        MediaLine open = line;
        if (open == null) {
            return; // The line is not handed over yet: what is to be done waits for the next frame.
        }
        switch (play.next(mediaMs, audible)) {
            case Play.Listen() -> {}
            case Play.Speak(int step, Caller caller) -> speak(Speech.of(caller, step), audible);
            case Play.Press(char key) -> open.press(key);
            case Play.Set(Scenario.Models models) -> stage.models(models);
            case Play.HangUp(var _) -> hangUp(open);
        }
    }

    private void speak(Speech speech, boolean agentSounding) {
        long start = mouth.say(speech.utterance().samples(), mouth.position());
        Spoken said = new Spoken(speech.utterance(), start);
        stage.spoken(speech.at(start));
        synchronized (spoken) {
            spoken.add(said);
        }
        play.spoke((long) said.onsetMs(), (long) Math.ceil(said.endMs()));
        listener.callerSpeaks(said, agentSounding);
    }

    /** Off the clock's thread, once. */
    private void hangUp(MediaLine open) {
        if (!hangingUp) {
            hangingUp = true;
            CompletableFuture.runAsync(open::hangUp);
        }
    }

    @Override
    public void arrived(Arrival arrival) {}

    @Override
    public void cleared(long nanos) {
        listener.cleared(nanos / 1e6);
    }

    @Override
    public void closed(LineEnd end) {
        play.closed((long) end.mediaMs());
        listener.hungUp(end.told(), end.mediaMs());
    }

    @Override
    public List<Spoken> spoken() {
        synchronized (spoken) {
            return List.copyOf(spoken);
        }
    }

    /**
     * Says line by line whether the scenario was so, once the call is over.
     *
     * @param cause how it ended, as a CallSession spells it
     * @return whether all was so
     */
    public boolean judge(String cause, Consumer<String> out) {
        out.accept("");
        out.accept(scenario.title());
        out.accept(String.format(
                Locale.ROOT,
                "Virtual time is exact, this was not: %d ms later than written and %d ms earlier are allowed.",
                Judgement.LATER_MS,
                Judgement.EARLIER_MS));
        if (scenario.pausingCarrier()) {
            out.accept(
                    "Not as written: this carrier cannot pause playback; the agent knows it, and clears and repeats.");
        }
        List<Judgement.Verdict> verdicts = Judgement.of(scenario, play.log(), cause);
        for (Judgement.Verdict verdict : verdicts) {
            out.accept("  " + (verdict.held() ? "held    " : "NOT SO  ") + verdict.line());
            if (!verdict.found().isEmpty()) {
                out.accept("                  " + verdict.found());
            }
        }
        long held = verdicts.stream().filter(Judgement.Verdict::held).count();
        out.accept(held + " of " + verdicts.size() + " held");
        return held == verdicts.size();
    }
}
