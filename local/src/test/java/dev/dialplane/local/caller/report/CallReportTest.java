package dev.dialplane.local.caller.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dialplane.contracts.agent.v1.AgentSpeechStarted;
import dev.dialplane.contracts.agent.v1.AgentTurn;
import dev.dialplane.contracts.agent.v1.CallerTurn;
import dev.dialplane.contracts.agent.v1.TurnEvent;
import dev.dialplane.contracts.common.v1.ResponseTime;
import dev.dialplane.local.caller.carrier.LineLog;
import dev.dialplane.local.caller.speech.Span;
import dev.dialplane.local.caller.speech.Utterance;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A call of two questions: greeting at 200 to 1,200 ms; "open?" from 2,000 to 3,000, answered from 3,412; that answer is
 * interrupted at 5,000 and falls silent at 5,180; the second answer comes at 6,900.
 */
class CallReportTest {
    private final List<LineLog.Arrival> arrivals = new ArrayList<>();
    private final int[] heard = new int[500];
    private final List<Long> clears = new ArrayList<>();
    private final List<TurnEvent> events = new ArrayList<>();
    private final List<Spoken> spoken = new ArrayList<>();

    @Test
    void putsTurnsTogetherAsTheEarHeardThem() {
        CallReport report = wholeCall();
        assertThat(report.turns()).hasSize(5);
        assertThat(report.turns()).extracting(Turn::startMs).isSorted();
        assertThat(report.callerTurns())
                .containsExactly(
                        new Turn.Caller(
                                "are you open",
                                2000,
                                3000,
                                "Are you open?",
                                new WordErrors(3, 0),
                                new Turn.Heard(2010, 2990),
                                null),
                        new Turn.Caller(
                                "can park",
                                5000,
                                6400,
                                "Can I park?",
                                new WordErrors(3, 1),
                                new Turn.Heard(5010, 6390),
                                180.0));
        assertThat(report.agentTurns()).extracting(Turn.Agent::text).containsExactly("Hello.", "From nine", "Yes.");
        assertThat(report.agentTurns())
                .extracting(Turn.Agent::meant)
                .containsExactly("Hello.", "From nine to six.", "Yes.");
        assertThat(report.agentTurns()).extracting(Turn.Agent::interrupted).containsExactly(false, true, false);
        assertThat(report.agentTurns().get(1).startMs()).isEqualTo(3420);
        assertThat(report.agentTurns().get(1).endMs()).isEqualTo(5180);
    }

    @Test
    void measuresTheResponseAtTheSocketFromTheTrueEndOfSpeechAndItsPartsAddUp() {
        List<Turn.Response> responses = wholeCall().responses();
        assertThat(responses).hasSize(2);
        Turn.Response first = responses.getFirst();
        assertThat(first.totalMs()).isEqualTo(412);
        assertThat(first.silenceMs() + first.sttMs() + first.llmMs() + first.ttsMs() + first.oursMs())
                .isCloseTo(412, within(1e-9));
        assertThat(first.oursMs())
                .as("the agent's 20 and the way to the socket")
                .isCloseTo(27, within(1e-9));
        assertThat(first.differenceMs()).isCloseTo(7, within(1e-9));
    }

    @Test
    void aFillerIsNotTheReply() {
        greetingAndFirstQuestion();
        arrive(3700, 30);
        arrive(5000, 30);
        started(1, 4995, response(300, 90, 1585, 0, 20));
        agentTurn(1, "Sunday.", "Sunday.", 4995, 5600, false);
        assertThat(report().responses()).extracting(Turn.Response::totalMs).containsExactly(2000.0);
    }

    @Test
    void aReplyThatComesIntoASecondBreathAnswersTheFirst() {
        // Speech from 2,000 to 2,500 and from 2,900 to 3,400; the agent answers the first part at 2,860.
        arrive(200, 50);
        agentTurn(0, "Hello.", "Hello.", 200, 1200, false);
        say("No. Thank you.", 2000, List.of(new Span(0, 4000), new Span(7200, 11200)));
        callerTurn(1, "no", 2000, 2500);
        arrive(2860, 10);
        started(1, 2858, response(300, 40, 10, 0, 8));
        agentTurn(1, "Bye.", "Bye.", 2858, 3060, true);
        callerTurn(2, "thank you", 2900, 3400);
        assertThat(report().responses()).extracting(Turn.Response::totalMs).containsExactly(360.0);
        assertThat(report().callerTurns()).extracting(Turn.Caller::text).containsExactly("no thank you");
    }

    @Test
    void withoutRecordsTheEarsBurstsAreTheAgentsTurns() {
        arrive(200, 50);
        say("Are you open?", 2000, List.of(new Span(0, 8000)));
        arrive(3412, 50);
        CallReport report = report();
        assertThat(report.turns()).hasSize(3);
        assertThat(report.agentTurns()).extracting(Turn.Agent::startMs).containsExactly(200.0, 3420.0);
        assertThat(report.callerTurns()).extracting(Turn.Caller::text).containsExactly("");
        assertThat(report.responses()).isEmpty();
    }

    @Test
    void whatTheAgentUnderstoodThoughNobodySpokeIsShownAndCounted() {
        greetingAndFirstQuestion();
        callerTurn(7, "you", 8000, 8200);
        CallReport report = report();
        assertThat(report.callerTurns()).hasSize(2);
        assertThat(report.words()).isEqualTo(new WordErrors(3, 1));
    }

    @Test
    void theJsonHasTheDocumentedShape() {
        JsonNode json = wholeCall().inSession("in-4kq7h2m9xw3td5vb").json();
        assertThat(json.path("pool").asText()).isEqualTo("receptionist");
        assertThat(json.path("session").asText()).isEqualTo("in-4kq7h2m9xw3td5vb");
        assertThat(json.path("cause").asText()).isEqualTo("AgentHungUp");
        assertThat(json.path("answeredMs").asDouble()).isEqualTo(200);
        assertThat(json.path("turns")).hasSize(5).allSatisfy(turn -> {
            assertThat(turn.path("who").asText()).isIn("caller", "agent");
            assertThat(turn.path("text").isTextual()).isTrue();
            assertThat(turn.path("startMs").isNumber()).isTrue();
            assertThat(turn.path("endMs").asDouble())
                    .isGreaterThan(turn.path("startMs").asDouble());
            assertThat(turn.path("interrupted").isBoolean()).isTrue();
        });
        JsonNode response = json.path("turns").get(2).path("response");
        double parts = 0;
        for (String part : List.of("silenceMs", "sttMs", "llmMs", "ttsMs", "oursMs")) {
            assertThat(response.path(part).isNumber()).as(part).isTrue();
            parts += response.path(part).asDouble();
        }
        assertThat(parts).isCloseTo(response.path("totalMs").asDouble(), within(1e-6));
        assertThat(json.path("turns").get(0).has("response")).isFalse();
        assertThat(json.path("turns").get(3).path("agentSilentAfterMs").asDouble())
                .isEqualTo(180);
        assertThat(json.path("words").path("accuracy").asDouble()).isEqualTo(0.833);
        assertThat(json.path("agreement").path("within20Ms").asBoolean()).isTrue();
        assertThat(json.path("agreement").path("largestDifferenceMs").asDouble())
                .isEqualTo(10);
    }

    @Test
    void aCallWithoutAStreamHasAReportToo() {
        JsonNode json = CallReport.of("p", "", "NoAgent", 12, List.of(), null, List.of())
                .json();
        assertThat(json.path("answeredMs").isNull()).isTrue();
        assertThat(json.path("turns")).isEmpty();
        assertThat(json.path("cause").asText()).isEqualTo("NoAgent");
    }

    private CallReport wholeCall() {
        greetingAndFirstQuestion();
        arrive(3412, 88);
        started(1, 3410, response(260, 80, 25, 20, 20));
        agentTurn(1, "From nine to six.", "From nine", 3410, 5150, true);
        clears.add(5_170_000_000L);
        say("Can I park?", 5000, List.of(new Span(0, 11_200)));
        callerTurn(2, "can park", 5010, 6390);
        arrive(6900, 50);
        started(2, 6893, response(300, 90, 40, 20, 40));
        agentTurn(2, "Yes.", "Yes.", 6893, 7900, false);
        return report();
    }

    private void greetingAndFirstQuestion() {
        arrive(200, 50);
        agentTurn(0, "Hello.", "Hello.", 200, 1200, false);
        say("Are you open?", 2000, List.of(new Span(0, 8000)));
        callerTurn(1, "are you open", 2010, 2990);
    }

    private CallReport report() {
        LineLog log = new LineLog(
                0, new byte[500 * 160], new byte[500 * 160], heard, arrivals, clears, List.of(), 500, 0, 300_000);
        // Events may overtake one another on their way.
        List<TurnEvent> shuffled = new ArrayList<>(events);
        Collections.reverse(shuffled);
        return CallReport.of("receptionist", "", "AgentHungUp", 35, spoken, log, shuffled);
    }

    /** Frames that arrive in real time from {@code ms} on, and are played from the next tick on. */
    private void arrive(double ms, int frames) {
        for (int i = 0; i < frames; i++) {
            arrivals.add(new LineLog.Arrival((long) ((ms + 20 * i) * 1e6), 160, -25, 0));
            heard[(int) Math.ceil(ms / 20) + i] = 160;
        }
    }

    private void say(String text, double onsetMs, List<Span> speech) {
        short[] samples = new short[speech.getLast().end()];
        spoken.add(
                new Spoken(new Utterance(samples, speech, text, new Utterance.AfterReply(600)), (long) (onsetMs * 8)));
    }

    private void callerTurn(int index, String text, long startMs, long endMs) {
        events.add(TurnEvent.newBuilder()
                .setMediaTimeMs(endMs + 300)
                .setCallerTurn(CallerTurn.newBuilder()
                        .setIndex(index)
                        .setText(text)
                        .setStartMs(startMs)
                        .setEndMs(endMs))
                .build());
    }

    private void started(int answers, long ms, ResponseTime response) {
        events.add(TurnEvent.newBuilder()
                .setMediaTimeMs(ms)
                .setAgentSpeechStarted(
                        AgentSpeechStarted.newBuilder().setAnswersTurn(answers).setResponse(response))
                .build());
    }

    private void agentTurn(int answers, String text, String heardText, long startMs, long endMs, boolean interrupted) {
        events.add(TurnEvent.newBuilder()
                .setMediaTimeMs(endMs)
                .setAgentTurn(AgentTurn.newBuilder()
                        .setAnswersTurn(answers)
                        .setText(text)
                        .setHeardText(heardText)
                        .setStartMs(startMs)
                        .setEndMs(endMs)
                        .setInterrupted(interrupted))
                .build());
    }

    private static ResponseTime response(double silence, double stt, double llm, double tts, double ours) {
        return ResponseTime.newBuilder()
                .setTotalMs(silence + stt + llm + tts + ours)
                .setSilenceMs(silence)
                .setSttMs(stt)
                .setLlmMs(llm)
                .setTtsMs(tts)
                .setOursMs(ours)
                .build();
    }
}
