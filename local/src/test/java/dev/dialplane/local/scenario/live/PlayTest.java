package dev.dialplane.local.scenario.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.contracts.agent.v1.AgentSpeechStarted;
import dev.dialplane.contracts.agent.v1.AgentTurn;
import dev.dialplane.contracts.agent.v1.CallerTurn;
import dev.dialplane.contracts.agent.v1.TurnEvent;
import dev.dialplane.local.scenario.ScenarioReader;
import dev.dialplane.local.yaml.YamlText.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What a scenario's caller does when, against an agent whose side the test plays, 20 ms at a time. */
class PlayTest {
    private static final String HEAD = "scenario: s\nabout: a\ncall:\n- agent: \"Hello.\"\n";
    private static final int SPEAKS_MS = 800;

    private final List<String> moves = new ArrayList<>();
    /** From when to when the agent is to be heard. */
    private final TreeMap<Long, Long> sounds = new TreeMap<>();

    private final Map<Long, TurnEvent> events = new TreeMap<>();
    private Play play = play("");
    private long now;

    private static Play play(String steps) {
        try {
            return new Play(ScenarioReader.parse(HEAD + steps));
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theCallerWaitsUntilTheAgentHasFinishedAndThenAWhile() {
        play = play("- caller: \"Hi there.\"\n  after: 600ms\n");
        says(1000, 2000, "Hello.");

        run(6000);

        assertThat(moves).startsWith("2580 speak 1");
        assertThat(found(0).atMs()).isEqualTo(1000);
        assertThat(found(1).since()).isEqualTo(2580 + SPEAKS_MS);
    }

    @Test
    void aPauseInWhatTheAgentSaysIsNoEnd() {
        play = play("- caller: \"Hi there.\"\n  after: 100ms\n");
        sounds.put(1000L, 1500L);
        sounds.put(1800L, 2400L);
        started(1000);
        over(2400, "Hello.");

        run(4000);

        assertThat(moves).startsWith("2480 speak 1");
    }

    @Test
    void anInterruptionIsCountedFromTheAgentsBeginningAndItsSilenceFromTheInterruption() {
        play = play("- caller: \"Stop.\"\n  into: 500ms\n");
        says(1000, 1760, "Hello.");

        run(3000);

        assertThat(moves).startsWith("1500 speak 1");
        assertThat(found(1).silentMs()).isEqualTo(260);
    }

    @Test
    void keysArePressedOneAfterAnother() {
        play = play("- keys: '12#'\n");
        says(1000, 2000, "Hello.");

        run(4000);

        assertThat(moves).startsWith("2380 press 1", "2580 press 2", "2780 press #");
        assertThat(found(1).since()).isEqualTo(2780);
    }

    @Test
    void aHoldPhraseIsASoundThatIsNoTurn() {
        play = play("""
                - caller: "Hi there."
                - agent: "One moment, please."
                - agent: "We are open."
                """);
        says(1000, 2000, "Hello.");
        sounds.put(5000L, 6200L);
        says(7000, 8000, "We are open.");

        run(12_000);

        assertThat(found(2).atMs()).isEqualTo(5000);
        assertThat(found(3).atMs()).isEqualTo(7000);
        assertThat(moves).containsExactly("2380 speak 1", "8480 hang up");
    }

    @Test
    void whatIsHeardInAQuietIsADisturbance() {
        play = play("- quiet: 2s\n");
        says(1000, 2000, "Hello.");
        run(5000);
        assertThat(found(1).disturbed()).isFalse();

        play = play("- quiet: 2s\n");
        now = 0;
        sounds.put(3000L, 3100L);
        run(5000);
        assertThat(found(1).disturbed()).isTrue();
    }

    @Test
    void aTurnThatBeginsBeforeTheRecordOfTheLastOnesEndDisturbsAQuietToo() {
        play = play("- quiet: 2s\n");
        sounds.put(1000L, 2000L);
        started(1000);
        sounds.put(3000L, 3500L);
        started(3000);
        over(3600, "Hello.");

        run(8000);

        assertThat(found(1).disturbed()).isTrue();
    }

    @Test
    void aTurnThatIsRecordedAfterTheLineWasClosedIsFound() {
        play = play("- agent: \"We are open.\"\n- ends: AgentHungUp\n");
        says(1000, 2000, "Hello.");
        run(3000);
        play.closed(3000);
        play.recorded(TurnEvent.newBuilder()
                .setMediaTimeMs(2500)
                .setAgentSpeechStarted(AgentSpeechStarted.getDefaultInstance())
                .build());

        assertThat(play.log().steps()).containsKeys(0, 1);
        assertThat(play.log().reached()).isEqualTo(2);
    }

    @Test
    void modelsChangeAndTheCallerHangsUpWhenItIsTheirTurn() {
        play = play("- models: {think: 3s}\n- caller hangs up\n- ends: CallerHungUp\n");
        says(1000, 9000, "Hello.");

        run(2000);

        assertThat(moves).containsExactly("1020 models 3000", "1040 hang up");
    }

    @Test
    void nothingIsWaitedForForEver() {
        says(1000, 2000, "Hello.");
        play = play("- caller: \"Hi there.\"\n- agent: \"We are open.\"\n- caller: \"Thanks.\"\n");

        run(120_000);

        assertThat(moves).startsWith("2380 speak 1", "63200 hang up");
        assertThat(play.log().gaveUp()).contains("call[2]");
        assertThat(play.log().steps()).containsOnlyKeys(0, 1);
    }

    @Test
    void whatTheAgentUnderstoodIsKept() {
        play.recorded(TurnEvent.newBuilder()
                .setCallerTurn(CallerTurn.newBuilder().setText("Hi."))
                .build());

        assertThat(play.log().callerTurns()).containsExactly("Hi.");
    }

    private Play.Found found(int step) {
        return Objects.requireNonNull(play.log().steps().get(step));
    }

    private void started(long atMs) {
        events.put(
                atMs + 10,
                TurnEvent.newBuilder()
                        .setMediaTimeMs(atMs)
                        .setAgentSpeechStarted(AgentSpeechStarted.getDefaultInstance())
                        .build());
    }

    /** The agent says this; the records come some ms later. */
    private void says(long fromMs, long toMs, String text) {
        sounds.put(fromMs, toMs);
        started(fromMs);
        over(toMs, text);
    }

    private void over(long toMs, String text) {
        events.put(
                toMs + 30,
                TurnEvent.newBuilder()
                        .setAgentTurn(AgentTurn.newBuilder().setText(text).setHeardText(text))
                        .build());
    }

    private void run(long untilMs) {
        moves.clear();
        for (; now < untilMs; now += 20) {
            for (var event : Map.copyOf(events).entrySet()) {
                if (event.getKey() > now - 20 && event.getKey() <= now) {
                    play.recorded(event.getValue());
                }
            }
            var sound = sounds.floorEntry(now);
            switch (play.next(now, sound != null && now < sound.getValue())) {
                case Play.Listen() -> {}
                case Play.Speak(int step, var _) -> {
                    moves.add(now + " speak " + step);
                    play.spoke(now, now + SPEAKS_MS);
                }
                case Play.Press(char key) -> moves.add(now + " press " + key);
                case Play.Set(var models) -> moves.add(now + " models " + models.thinks());
                case Play.HangUp(var _) -> {
                    moves.add(now + " hang up");
                    play.closed(now);
                    return;
                }
            }
        }
    }
}
