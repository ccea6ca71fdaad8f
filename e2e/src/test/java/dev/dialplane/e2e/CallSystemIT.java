package dev.dialplane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.dialplane.contracts.agent.v1.TurnEvent;
import dev.dialplane.local.caller.CallListener;
import dev.dialplane.local.caller.CallRequest;
import dev.dialplane.local.caller.CallResult;
import dev.dialplane.local.caller.report.CallReport;
import dev.dialplane.local.caller.report.Turn;
import dev.dialplane.local.caller.speech.CallerScript;
import dev.dialplane.local.install.LocalInstallation;
import dev.dialplane.local.process.Signals;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whole calls through all four processes on a real API server, with scripted models, and what breaks around them. */
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class CallSystemIT {
    private static Dialplane<LocalInstallation> dialplane;

    @BeforeAll
    static void start() throws Exception {
        dialplane = Dialplane.start("CallSystemIT");
    }

    @AfterAll
    static void stop() {
        if (dialplane != null) {
            dialplane.close();
        }
    }

    @BeforeEach
    void agentsAreIdle() {
        dialplane.awaitIdle(2);
    }

    @Test
    void a_call_is_held_to_its_end_and_its_session_tells_how_it_went() throws Exception {
        CallRequest request = dialplane.request(CallerScript.brief());

        CallResult result = dialplane.place(request).get();

        CallReport report = result.report();
        assertThat(result.failure()).isEmpty();
        assertThat(report.callerTurns()).hasSizeGreaterThanOrEqualTo(5);
        assertThat(report.responses()).hasSizeGreaterThanOrEqualTo(5);
        for (Turn.Response response : report.responses()) {
            assertThat(response.silenceMs()
                            + response.sttMs()
                            + response.llmMs()
                            + response.ttsMs()
                            + response.oursMs())
                    .as("parts of %s", response)
                    .isCloseTo(response.totalMs(), within(1.0));
            assertThat(response.oursMs()).as("our part of %s", response).isNotNegative();
        }
        GenericKubernetesResource session = dialplane.endedSession(request);
        assertThat(session.<String>get("status", "phase")).isEqualTo("Completed");
        assertThat(session.<String>get("status", "cause")).isEqualTo("AgentHungUp");
        assertThat(session.<Number>get("status", "turns").intValue()).isGreaterThanOrEqualTo(5);
        assertThat(session.<String>get("status", "party")).startsWith("•").endsWith("0006");
        assertThat(session.toString()).doesNotContain("+15005550006");
    }

    @Test
    void the_callers_interruption_silences_the_agent() throws Exception {
        CallResult result = dialplane.call(CallerScript.brief());

        List<Turn.Agent> cut = result.report().agentTurns().stream()
                .filter(Turn.Agent::interrupted)
                .toList();
        assertThat(cut).hasSize(1);
        assertThat(cut.getFirst().text().length())
                .as("heard of: %s", cut.getFirst().meant())
                .isLessThan(cut.getFirst().meant().length());
        assertThat(result.report().callerTurns())
                .filteredOn(turn -> turn.agentSilentAfterMs() != null)
                .isNotEmpty();
    }

    @Test
    void one_model_that_hears_thinks_and_speaks_holds_the_same_conversation() throws Exception {
        GenericKubernetesResource pool = dialplane.poolWith(
                "one-model",
                Map.of("mode", "SpeechToSpeech", "speechToSpeech", Map.of("provider", "scripted", "model", "script")),
                1,
                1);
        try {
            dialplane.awaitIdle("one-model", 1);
            CallRequest request = CallRequest.to(
                    "one-model",
                    dialplane.installation().number(Dialplane.NAMESPACE, "one-model"),
                    CallerScript.brief());

            CallResult result = dialplane.place(request).get();

            assertThat(result.failure()).isEmpty();
            CallReport report = result.report();
            assertThat(report.cause()).isEqualTo("AgentHungUp");
            assertThat(report.callerTurns()).hasSizeGreaterThanOrEqualTo(5);
            assertThat(report.agentTurns().stream().filter(Turn.Agent::interrupted))
                    .as("the caller interrupts once")
                    .hasSize(1);
            assertThat(report.agentTurns().getLast().text()).contains("Goodbye, and see you soon.");
            GenericKubernetesResource session = dialplane.endedSession(request);
            assertThat(session.<String>get("status", "phase")).isEqualTo("Completed");
            assertThat(session.<String>get("status", "cause")).isEqualTo("AgentHungUp");
        } finally {
            dialplane.kubernetes().resource(pool).delete();
        }
    }

    @Test
    void a_pool_whose_model_does_not_exist_says_so_and_what_there_is() {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(dialplane.condition(Dialplane.POOL, "Degraded"))
                        .as("the sample pool, whose models exist")
                        .containsEntry("status", "False"));
        GenericKubernetesResource odd =
                dialplane.poolHearingWith("odd", Map.of("provider", "scripted", "model", "no-such-model"));
        try {
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(dialplane.condition("odd", "Degraded"))
                            .containsEntry("status", "True")
                            .containsEntry("reason", "UnknownModel")
                            .extractingByKey("message")
                            .asString()
                            .contains("spec.agent.pipeline.speechToText", "no-such-model", "scripted/script"));
        } finally {
            dialplane.kubernetes().resource(odd).delete();
        }
    }

    @Test
    void an_idle_agent_that_dies_is_replaced() {
        List<Pod> before = dialplane.agents();
        Pod victim = before.getFirst();
        Set<String> known =
                before.stream().map(pod -> pod.getMetadata().getUid()).collect(Collectors.toSet());

        dialplane
                .installation()
                .node()
                .signal(Dialplane.NAMESPACE, victim.getMetadata().getName(), Signals.KILL);

        await().atMost(Duration.ofSeconds(60))
                .until(() -> dialplane.agents().stream()
                        .anyMatch(pod -> !known.contains(pod.getMetadata().getUid()) && Dialplane.isReady(pod)));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> dialplane.agents().stream()
                        .noneMatch(pod -> pod.getMetadata()
                                .getUid()
                                .equals(victim.getMetadata().getUid())));
    }

    @Test
    void a_call_outlives_two_agents_that_are_killed_in_the_middle_of_it() throws Exception {
        CallRequest request = dialplane.request(CallerScript.brief());
        AtomicInteger callerTurns = new AtomicInteger();
        Future<CallResult> call = dialplane.place(request, new CallListener() {
            @Override
            public void recorded(TurnEvent event) {
                if (event.hasCallerTurn()) {
                    callerTurns.set(event.getCallerTurn().getIndex());
                }
            }
        });

        for (int death = 1; death <= 2; death++) {
            int turn = 2 * death - 1;
            await().atMost(Duration.ofSeconds(60)).until(() -> callerTurns.get() >= turn);
            dialplane.awaitIdle(1);
            String agent = agentOf(request);
            dialplane.installation().node().signal(Dialplane.NAMESPACE, agent, Signals.KILL);
            await().atMost(Duration.ofSeconds(30)).until(() -> !agent.equals(agentOf(request)));
        }

        CallResult result = call.get();
        assertThat(result.failure()).isEmpty();
        GenericKubernetesResource session = dialplane.endedSession(request);
        assertThat(session.<String>get("status", "cause")).isEqualTo("AgentHungUp");
        assertThat(session.<Number>get("status", "agent", "failovers")).isEqualTo(2);
        assertThat(session.<Number>get("status", "turns").intValue())
                .as("the third agent knows of all turns")
                .isEqualTo(callerTurns.get());
        assertThat(result.report().agentTurns().getLast().text()).isEqualTo(lastWordsOfAWholeCall());
    }

    /** What the agent says last to the same caller when nobody dies. */
    private static String lastWordsOfAWholeCall() throws InterruptedException {
        dialplane.awaitIdle(1);
        return dialplane
                .call(CallerScript.brief())
                .report()
                .agentTurns()
                .getLast()
                .text();
    }

    private static String agentOf(CallRequest request) {
        return await("the agent of " + request.ids().callSid())
                .atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .until(
                        () -> dialplane.sessionsOf(request).getFirst().<String>get("status", "agent", "podName"),
                        name -> name != null && !name.isEmpty());
    }

    @Test
    void a_call_that_ends_while_the_operator_is_down_is_written_down_afterwards() throws Exception {
        CallRequest request = dialplane.request(CallerScript.brief());
        Future<CallResult> call = dialplane.place(request);
        awaitSessionOf(request);

        dialplane.installation().operator().stop();
        CallResult result;
        try {
            result = call.get();
        } finally {
            dialplane.installation().operator().start();
        }

        assertThat(result.failure()).isEmpty();
        assertThat(result.report().callerTurns()).hasSizeGreaterThanOrEqualTo(5);
        GenericKubernetesResource session = dialplane.endedSession(request);
        assertThat(session.<String>get("status", "cause")).isEqualTo("AgentHungUp");
        assertThat(session.<Number>get("status", "turns").intValue())
                .isEqualTo(result.report().callerTurns().size());
    }

    @Test
    void calls_neither_end_nor_wait_while_the_api_server_is_away_for_30_seconds() throws Exception {
        CallRequest first = dialplane.request(CallerScript.brief());
        Future<CallResult> firstCall = dialplane.place(first);
        awaitSessionOf(first);

        long stopped = System.nanoTime();
        dialplane.installation().cluster().stopApiServer();
        CallResult firstResult;
        CallResult secondResult;
        CallRequest second = dialplane.request(CallerScript.brief());
        try {
            Future<CallResult> secondCall = dialplane.place(second);
            secondResult = secondCall.get();
            firstResult = firstCall.get();
            await().atMost(Duration.ofSeconds(60))
                    .until(() ->
                            System.nanoTime() - stopped > Duration.ofSeconds(30).toNanos());
        } finally {
            dialplane.installation().cluster().startApiServer();
        }

        assertThat(firstResult.failure()).isEmpty();
        assertThat(secondResult.failure()).isEmpty();
        assertThat(firstResult.report().cause()).isEqualTo("AgentHungUp");
        assertThat(secondResult.report().cause()).isEqualTo("AgentHungUp");
        for (CallRequest request : List.of(first, second)) {
            GenericKubernetesResource session = dialplane.endedSession(request);
            assertThat(session.<String>get("status", "phase")).isEqualTo("Completed");
            assertThat(session.<String>get("status", "cause")).isEqualTo("AgentHungUp");
        }
    }

    @Test
    void a_gateway_that_restarts_while_the_control_plane_is_away_answers_calls() throws Exception {
        dialplane.installation().operator().stop();
        dialplane.installation().cluster().stopApiServer();
        CallRequest request = dialplane.request(CallerScript.brief());
        CallResult result;
        try {
            dialplane.installation().gateway().kill();
            Dialplane.awaitGateway(dialplane.installation());
            result = dialplane.place(request).get();
        } finally {
            dialplane.installation().cluster().startApiServer();
            dialplane.installation().operator().start();
        }

        assertThat(result.failure()).isEmpty();
        assertThat(result.report().callerTurns()).isNotEmpty();
        assertThat(dialplane.endedSession(request).<String>get("status", "cause"))
                .isEqualTo("AgentHungUp");
    }

    @Test
    void a_caller_whose_models_die_hears_an_apology_before_the_call_ends() throws Exception {
        CallRequest request = dialplane.request(CallerScript.brief());
        Future<CallResult> call = dialplane.place(request);
        awaitSessionOf(request);

        dialplane.installation().inference().stop();
        CallResult result;
        try {
            result = call.get();
        } finally {
            dialplane.installation().inference().start();
            dialplane.installation().awaitReady(Duration.ofMinutes(2));
        }

        Turn.Agent last = result.report().agentTurns().getLast();
        assertThat(last.text()).containsIgnoringCase("sorry");
        assertThat(last.endMs() - last.startMs())
                .as("ms of apology on the wire")
                .isGreaterThan(1_000);
        assertThat(dialplane.endedSession(request).<String>get("status", "cause"))
                .isEqualTo("ModelUnavailable");
    }

    private static void awaitSessionOf(CallRequest request) {
        await("session of a call in progress")
                .atMost(Duration.ofSeconds(60))
                .until(() -> dialplane.sessionsOf(request).stream()
                        .anyMatch(session -> "Active".equals(session.<String>get("status", "phase"))));
    }
}
