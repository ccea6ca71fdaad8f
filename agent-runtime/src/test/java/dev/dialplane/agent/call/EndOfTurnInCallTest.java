package dev.dialplane.agent.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.agent.testing.Recordings;
import dev.dialplane.agent.testing.TestBench;
import dev.dialplane.agent.testing.TestGateway;
import dev.dialplane.contracts.common.v1.AgentSpec;
import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.common.v1.Codec;
import dev.dialplane.contracts.common.v1.ModelRef;
import dev.dialplane.contracts.inference.v1.PredictRequest;
import io.grpc.Status;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A pool whose end-of-turn model is asked when the caller falls silent. */
class EndOfTurnInCallTest {
    private static final String WHOLE = "When are you open?";
    private static final String BEGUN = "I would like to come on";

    private final TestBench bench = new TestBench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void whoSoundsAsIfMoreCameIsGivenTimeThoughTheWordsAreWhole() {
        long usual = wait(WHOLE, TestBench.spec());
        bench.models.endings = _ -> 0.01;

        assertThat(wait(WHOLE, withModel())).isGreaterThan(usual + 200);
    }

    @Test
    void whoSoundsFinishedIsAnsweredSoonerThoughTheWordsAreNot() {
        long usual = wait(BEGUN, TestBench.spec());
        bench.models.endings = _ -> 0.99;

        assertThat(wait(BEGUN, withModel())).isBetween(200L, usual - 200);
    }

    @Test
    void withoutAModelNobodyIsAsked() {
        wait(WHOLE, TestBench.spec());

        assertThat(bench.models.predictions).isEmpty();
    }

    @Test
    void anAnswerThatIsLateChangesNothing() {
        long usual = wait(BEGUN, TestBench.spec());
        bench.models.endings = _ -> 0.99;
        bench.models.predictMillis = 1200;

        assertThat(wait(BEGUN, withModel())).isEqualTo(usual);
        assertThat(bench.models.predictions).hasSize(1);
    }

    @Test
    void aModelThatFailsOrNeverAnswersChangesNothing() {
        long usual = wait(WHOLE, TestBench.spec());
        bench.models.predictFailure = Status.UNAVAILABLE;
        long failing = wait(WHOLE, withModel());
        bench.models.endings = _ -> Double.NaN;
        long mute = wait(WHOLE, withModel());

        assertThat(failing).isEqualTo(usual);
        assertThat(mute).isEqualTo(usual);
    }

    @Test
    void whenTheCallerGoesOnTheQuestionIsWithdrawnAndAskedAnew() {
        bench.models.predictMillis = 400;
        bench.models.endings = _ -> 0.01;
        TestGateway gateway = greeted(withModel());
        int before = bench.client.openStreams();

        gateway.say(Recordings.sentence(1200));
        bench.until("asked", 3000, () -> bench.models.predictions.size() == 1);
        assertThat(bench.client.openStreams()).isEqualTo(before + 1);
        gateway.say(Recordings.sentence(1200));
        bench.until("withdrawn", 300, () -> bench.models.canceled == 1);
        bench.until("asked again", 3000, () -> bench.models.predictions.size() == 2);

        assertThat(bench.client.openStreams()).isEqualTo(before + 1);
        assertThat(bench.models.predictions.get(1).getPayload().size())
                .as("of the whole turn, its pause included")
                .isGreaterThan(bench.models.predictions.getFirst().getPayload().size() + 2 * 8 * 1200);
    }

    @Test
    void whatWasSaidOfOneSilenceDoesNotCountInTheNext() {
        bench.models.endings = _ -> bench.models.predictions.size() == 1 ? 0.01 : Double.NaN;
        TestGateway gateway = greeted(withModel());

        gateway.say(Recordings.sentence(1200));
        bench.until("asked", 3000, () -> bench.models.predictions.size() == 1);
        bench.time.advance(300);
        assertThat(gateway.hearsAgent()).as("given time").isFalse();
        gateway.say(Recordings.sentence(1200));
        bench.until("said", 3000, gateway::saidAll);
        long said = gateway.nowMs();
        bench.until("reply", 5000, gateway::hearsAgent);

        assertThat(bench.models.predictions).hasSizeGreaterThan(1);
        assertThat(gateway.nowMs() - said).isLessThan(500);
    }

    @Test
    void aQuestionUnderWayEndsWithTheCall() {
        bench.models.predictMillis = 900;
        TestGateway gateway = greeted(withModel());
        gateway.say(Recordings.sentence(1200));
        bench.until("asked", 3000, () -> bench.models.predictions.size() == 1);
        int canceled = bench.models.canceled;

        gateway.hangUp(Cause.CAUSE_CALLER_HUNG_UP, false);
        bench.time.settle();

        assertThat(bench.models.canceled).isGreaterThan(canceled);
        assertThat(bench.client.openStreams()).isZero();
    }

    @Test
    void itIsGivenTheTurnsLastEightSecondsAtMost() {
        TestGateway gateway = greeted(withModel());

        gateway.say(Recordings.sentence(1200));
        bench.until("asked", 3000, () -> bench.models.predictions.size() == 1);
        PredictRequest first = bench.models.predictions.getFirst();
        assertThat(first.getModel().getModel()).isEqualTo("ends");
        assertThat(first.getLanguage()).isEqualTo("en-IN");
        assertThat(first.getFormat().getCodec()).isEqualTo(Codec.CODEC_L16);
        assertThat(first.getFormat().getSampleRateHz()).isEqualTo(8000);
        assertThat(first.getPayload().size() / 16)
                .as("ms, with a little before and after")
                .isBetween(1200, 1800);

        bench.until("answered", 5000, () -> gateway.agentTurns().size() == 2);
        int asked = bench.models.predictions.size();
        for (int i = 0; i < 3; i++) {
            gateway.say(Recordings.sentence(3500));
            bench.until("said", 5000, gateway::saidAll);
        }
        bench.until("asked again", 1000, () -> bench.models.predictions.size() > asked);
        assertThat(bench.models.predictions.getLast().getPayload().size()).isEqualTo(2 * 8 * 8000);
    }

    private static AgentSpec.Builder withModel() {
        AgentSpec.Builder spec = TestBench.spec();
        spec.getPipelineBuilder()
                .setEndOfTurn(ModelRef.newBuilder().setProvider("scripted").setModel("ends"));
        return spec;
    }

    private TestGateway greeted(AgentSpec.Builder spec) {
        TestGateway gateway = bench.with(spec).prepared().call();
        bench.until("greeting is over", 8000, () -> gateway.agentTurns().size() == 1);
        bench.time.advance(500);
        return gateway;
    }

    /** In a call of its own: ms from the end of what is said to the reply. */
    private long wait(String text, AgentSpec.Builder spec) {
        try (TestBench alone = new TestBench()) {
            alone.models.endings = bench.models.endings;
            alone.models.predictMillis = bench.models.predictMillis;
            alone.models.predictFailure = bench.models.predictFailure;
            alone.models.hear(text);
            TestGateway gateway = alone.with(spec).prepared().call();
            alone.until("greeting is over", 8000, () -> gateway.agentTurns().size() == 1);
            alone.time.advance(500);
            gateway.say(Recordings.sentence(1200));
            alone.until("said", 3000, gateway::saidAll);
            long said = gateway.nowMs();
            alone.until("reply", 5000, gateway::hearsAgent);
            bench.models.predictions.addAll(alone.models.predictions);
            return gateway.nowMs() - said;
        }
    }
}
