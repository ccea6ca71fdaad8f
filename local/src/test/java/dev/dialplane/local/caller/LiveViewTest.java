package dev.dialplane.local.caller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.contracts.agent.v1.AgentSpeechStarted;
import dev.dialplane.contracts.agent.v1.AgentTurn;
import dev.dialplane.contracts.agent.v1.CallerTurn;
import dev.dialplane.contracts.agent.v1.PartialTranscript;
import dev.dialplane.contracts.agent.v1.TurnEvent;
import dev.dialplane.contracts.common.v1.ResponseTime;
import dev.dialplane.local.caller.report.CallReport;
import dev.dialplane.local.caller.report.Turn;
import dev.dialplane.local.caller.report.WordErrors;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiveViewTest {
    private final List<String> lines = new ArrayList<>();
    private final LiveView view = new LiveView(lines::add, true);

    @Test
    void showsWhoSaysWhatAndWhen() {
        view.recorded(TurnEvent.newBuilder()
                .setCallerTurn(CallerTurn.newBuilder().setStartMs(2310).setText(" are you\n open? "))
                .build());
        view.recorded(TurnEvent.newBuilder()
                .setAgentTurn(AgentTurn.newBuilder().setStartMs(12_410).setText("Until six."))
                .build());
        assertThat(lines).containsExactly("   2.3  caller | are you open?", "  12.4  agent  | Until six.");
    }

    @Test
    void showsWhatAnInterruptedAgentDidNotGetToSay() {
        view.recorded(TurnEvent.newBuilder()
                .setAgentTurn(AgentTurn.newBuilder()
                        .setStartMs(1000)
                        .setText("We are at 12 MG Road, next to the station.")
                        .setHeardText("We are at 12 MG")
                        .setInterrupted(true))
                .build());
        assertThat(lines)
                .containsExactly("   1.0  agent  | We are at 12 MG -- (not heard: Road, next to the station.)");
    }

    @Test
    void ofAnAgentThatWasCutBeforeItsFirstWordNothingWasHeard() {
        view.recorded(TurnEvent.newBuilder()
                .setAgentTurn(AgentTurn.newBuilder()
                        .setStartMs(1000)
                        .setText("Goodbye.")
                        .setInterrupted(true))
                .build());
        assertThat(lines).containsExactly("   1.0  agent  | -- (not heard: Goodbye.)");
    }

    @Test
    void showsHowLongTheCallerWaitedAndForWhat() {
        view.recorded(TurnEvent.newBuilder()
                .setAgentSpeechStarted(AgentSpeechStarted.newBuilder()
                        .setAnswersTurn(1)
                        .setResponse(ResponseTime.newBuilder()
                                .setTotalMs(462.4)
                                .setSilenceMs(300)
                                .setSttMs(95)
                                .setLlmMs(12)
                                .setTtsMs(31)
                                .setOursMs(24.4)))
                .build());
        assertThat(lines)
                .singleElement()
                .asString()
                .endsWith("|   answered after 462 ms: silence 300, hearing 95, thinking 12, voice 31, ours 24");
    }

    @Test
    void showsAPartialOnceAndOnlyIfWanted() {
        TurnEvent partial = TurnEvent.newBuilder()
                .setPartialTranscript(PartialTranscript.newBuilder().setText("are you"))
                .build();
        view.recorded(partial);
        view.recorded(partial);
        assertThat(lines).singleElement().asString().endsWith("caller |   ... are you");

        List<String> quiet = new ArrayList<>();
        new LiveView(quiet::add, false).recorded(partial);
        assertThat(quiet).isEmpty();
    }

    @Test
    void endsWithTheCauseAndTheFigures() {
        List<Turn> turns = List.of(
                new Turn.Caller("a b c", 0, 1, "a b c d", new WordErrors(4, 1), null, null),
                new Turn.Agent("x", "x", 2, 3, false, new Turn.Response(455, 300, 50, 50, 30, 25, 450), ""));
        view.ended(new CallReport("p", "", "AgentHungUp", 1.0, 0, turns, 1, 0, 0));
        assertThat(lines)
                .containsExactly("the call ended: AgentHungUp; median response 455 ms at the caller's socket;"
                        + " 75 % of the caller's words right");
    }
}
