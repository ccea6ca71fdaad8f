package dev.dialplane.agent.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.agent.rehearsal.ScriptedModels.Reply;
import dev.dialplane.agent.testing.Recordings;
import dev.dialplane.agent.testing.TestBench;
import dev.dialplane.agent.testing.TestGateway;
import dev.dialplane.contracts.agent.v1.AgentTurn;
import dev.dialplane.contracts.agent.v1.Checkpoint;
import dev.dialplane.contracts.agent.v1.ConverseResponse.MessageCase;
import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.inference.v1.DialogueTurn;
import dev.dialplane.contracts.inference.v1.GenerateRequest;
import dev.dialplane.contracts.inference.v1.InvokeResponse;
import dev.dialplane.contracts.inference.v1.Speaker;
import io.grpc.Status;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tools that the model wants run: after the turn counts, once, and with words for whatever comes of them. */
class ToolsInCallTest {
    private static final String ARGUMENTS = "{\"number\": 4711}";

    private final TestBench bench = new TestBench();

    @BeforeEach
    void theModelLooksUpAndThenTells() {
        bench.models.usualUtterance = "Where is my order?";
        bench.models.tools = _ -> InvokeResponse.newBuilder()
                .setOutputJson("{\"ships\": \"today\"}")
                .build();
        bench.models.replies = request -> last(request).getSpeaker() == Speaker.SPEAKER_TOOL
                ? Reply.of("It says " + last(request).getText().replaceAll("[^a-z ]", "") + ".")
                : Reply.calling("Let me see.", "orders", ARGUMENTS);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private static DialogueTurn last(GenerateRequest request) {
        return request.getDialogueList().getLast();
    }

    @Test
    void itIsRunOnceTheTurnCountsAndItsResultIsTold() {
        TestGateway gateway = asked();

        bench.until("told", 8000, () -> said(gateway).size() == 3);

        assertThat(said(gateway)).element(1).isEqualTo("Let me see.");
        assertThat(said(gateway)).element(2).isEqualTo("It says ships today.");
        assertThat(bench.models.invocations).hasSize(1);
        assertThat(bench.models.invocations.getFirst().getArgumentsJson()).isEqualTo(ARGUMENTS);
        assertThat(bench.models.invocations.getFirst().getSpecHash()).isEqualTo(TestBench.HASH);
        assertThat(last(bench.models.requests.getLast()).getToolName()).isEqualTo("orders");
        assertThat(bench.models.requests.getLast().getDialogueList())
                .extracting(DialogueTurn::getSpeaker)
                .endsWith(Speaker.SPEAKER_CALLER, Speaker.SPEAKER_AGENT, Speaker.SPEAKER_TOOL);
        assertThat(gateway.callerTurns()).hasSize(1);
    }

    @Test
    void aSpeculativeReplyRunsNothing() {
        // May be all or not: a reply is made, and is said only after 620 ms of silence.
        bench.models.hear("Sunday");
        TestGateway gateway = greeted();
        gateway.say(Recordings.sentence(900));
        bench.until("a reply is made", 4000, () -> !bench.models.requests.isEmpty());
        gateway.say(Recordings.sentence(900));
        bench.until("said more", 4000, gateway::saidAll);

        assertThat(bench.models.requests.getFirst().getSpeculative()).isTrue();
        assertThat(bench.models.invocations).isEmpty();
        bench.until("told", 8000, () -> said(gateway).size() == 3);
        assertThat(bench.models.invocations).hasSize(1);
    }

    @Test
    void aReplyWithoutAWordRunsItAndTheHoldPhraseBridgesTheWait() {
        bench.models.toolMillis = 5000;
        bench.models.replies = request -> last(request).getSpeaker() == Speaker.SPEAKER_TOOL
                ? Reply.of("It ships today.")
                : Reply.calling("", "orders", ARGUMENTS);
        TestGateway gateway = asked();

        bench.until("run", 4000, () -> bench.models.invocations.size() == 1);
        long begun = gateway.nowMs();
        bench.until("hold phrase", 2500, gateway::hearsAgent);
        assertThat(gateway.nowMs() - begun).isBetween(1200L, 1800L);
        bench.until("told", 9000, () -> said(gateway).size() == 2);

        assertThat(said(gateway)).element(1).isEqualTo("It ships today.");
    }

    @Test
    void whatGoesWrongIsToldToTheModel() {
        bench.models.toolFailure = Status.UNAVAILABLE;
        TestGateway gateway = asked();
        bench.until("told", 8000, () -> said(gateway).size() == 3);
        assertThat(last(bench.models.requests.getLast()).getText()).isEqualTo("{\"error\": \"it can't be reached\"}");
    }

    @Test
    void anErrorOfTheToolsIsToldWithItsAnswer() {
        bench.models.tools = _ -> InvokeResponse.newBuilder()
                .setError("status 404 \"quoted\"")
                .setOutputJson("{\"known\":false}")
                .build();
        TestGateway gateway = asked();
        bench.until("told", 8000, () -> said(gateway).size() == 3);
        assertThat(last(bench.models.requests.getLast()).getText())
                .isEqualTo("{\"error\": \"status 404  quoted \", \"answer\": {\"known\":false}}");
    }

    @Test
    void aCallerWhoSpeaksMeanwhileIsAnsweredAndHearsTheResultAfterwards() {
        bench.models.toolMillis = 6000;
        bench.models.hear("Where is my order?");
        bench.models.hear("Are you there?");
        bench.models.replies = request -> switch (last(request).getSpeaker()) {
            case SPEAKER_TOOL -> Reply.of("It ships today.");
            default ->
                request.getDialogueCount() < 4 ? Reply.calling("Let me see.", "orders", ARGUMENTS) : Reply.of("Yes.");
        };
        TestGateway gateway = asked();
        bench.until("bridge", 5000, () -> said(gateway).size() == 2);

        gateway.say(Recordings.sentence(900));
        bench.until("told", 12_000, () -> said(gateway).size() == 4);

        assertThat(said(gateway)).containsSubsequence("Let me see.", "Yes.", "It ships today.");
        assertThat(bench.models.invocations).hasSize(1);
    }

    @Test
    void aModelThatCallsToolUponToolIsStopped() {
        bench.models.replies = _ -> Reply.calling("", "orders", ARGUMENTS);
        TestGateway gateway = asked();

        bench.until("given up", 20_000, () -> bench.models.requests.size() == 6);
        bench.time.advance(3000);

        assertThat(bench.models.invocations).hasSize(5);
        assertThat(bench.models.invocations)
                .extracting(invocation -> invocation.getIdempotencyKey())
                .doesNotHaveDuplicates();
        assertThat(gateway.summary()).isNull();
    }

    @Test
    void aModelWithNothingToSayAboutAResultIsNotAskedForEver() {
        bench.models.replies = request -> last(request).getSpeaker() == Speaker.SPEAKER_TOOL
                ? Reply.of("")
                : Reply.calling("I make a note of that.", "note", ARGUMENTS);
        TestGateway gateway = asked();

        bench.until("asked", 8000, () -> bench.models.requests.size() == 2);
        bench.time.advance(3000);

        assertThat(bench.models.requests).hasSize(2);
        assertThat(gateway.summary()).isNull();
    }

    /** Or inference would give the result of the one for the other. */
    @Test
    void anotherAgentsToolsHaveKeysOfTheirOwn() {
        TestGateway gateway = asked();
        bench.until("told", 8000, () -> said(gateway).size() == 3);
        // The last one is from after the result was told.
        var checkpoints = gateway.all(MessageCase.CHECKPOINT);
        Checkpoint left = checkpoints.get(checkpoints.size() - 2).message().getCheckpoint();
        String key = bench.models.invocations.getFirst().getIdempotencyKey();

        try (TestBench another = new TestBench()) {
            another.models.replies = _ -> Reply.calling("And another.", "weather", ARGUMENTS);
            TestGateway next = another.prepared()
                    .call(TestBench.offer(1, 2).setCheckpoint(left).build());
            another.until("run", 8000, () -> !another.models.invocations.isEmpty());

            assertThat(another.models.invocations.getFirst().getIdempotencyKey())
                    .isNotEqualTo(key);
            another.until("told", 8000, () -> !said(next).isEmpty());
        }
    }

    @Test
    void anotherAgentGoesOnWithAToolThatRanAndRunsItUnderTheSameKey() {
        bench.models.toolMillis = 60_000;
        TestGateway gateway = asked();
        bench.until("run", 4000, () -> bench.models.invocations.size() == 1);
        bench.until("bridge", 4000, () -> said(gateway).size() == 2);
        Checkpoint left =
                gateway.all(MessageCase.CHECKPOINT).getLast().message().getCheckpoint();
        String key = bench.models.invocations.getFirst().getIdempotencyKey();

        try (TestBench another = new TestBench()) {
            another.models.replies = bench.models.replies;
            another.models.tools = bench.models.tools;
            TestGateway next = another.prepared()
                    .call(TestBench.offer(1, 2).setCheckpoint(left).build());
            another.until("told", 6000, () -> said(next).size() == 1);

            assertThat(said(next)).containsExactly("It says ships today.");
            assertThat(another.models.invocations).hasSize(1);
            assertThat(another.models.invocations.getFirst().getIdempotencyKey())
                    .isEqualTo(key);
        }
    }

    @Test
    void aCallThatEndsWaitsForNothing() {
        bench.models.toolMillis = 60_000;
        TestGateway gateway = asked();
        bench.until("run", 4000, () -> bench.models.invocations.size() == 1);

        gateway.hangUp(Cause.CAUSE_CALLER_HUNG_UP, false);
        bench.until("summary", 1000, () -> gateway.summary() != null);
        gateway.takeSummary();
        bench.time.advance(100);

        assertThat(bench.client.openStreams()).isZero();
    }

    private TestGateway greeted() {
        TestGateway gateway = bench.prepared().call();
        bench.until("greeting", 8000, () -> said(gateway).size() == 1);
        return gateway;
    }

    private TestGateway asked() {
        TestGateway gateway = greeted();
        gateway.say(Recordings.sentence(900));
        return gateway;
    }

    private static List<String> said(TestGateway gateway) {
        return gateway.agentTurns().stream().map(AgentTurn::getHeardText).toList();
    }
}
