package dev.dialplane.e2e.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.dialplane.agent.life.State;
import dev.dialplane.agent.testing.Recordings;
import dev.dialplane.agent.testing.TestBench;
import dev.dialplane.contracts.agent.v1.OfferRequest;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An hour's call over a line that loses one frame of a hundred, delivers two of a hundred up to 60 ms late and behind others,
 * and whose carrier's clock is 100 ppm off: through ingress to the agent's hearing, and from its voice through playout. It
 * ends as it began: nothing is later, nothing waits, every word is answered, every answer is heard whole.
 */
class HourOnABadLineTest {
    private static final int MINUTES = 60;
    /** The caller speaks every ten seconds. */
    private static final int TURN_MS = 10_000;

    private static final int CLIP_MS = 1_500;

    @ParameterizedTest
    @ValueSource(doubles = {100e-6, -100e-6})
    void leavesNoTrace(double drift) {
        try (TestBench bench = new TestBench()) {
            OfferRequest offer = TestBench.offer(1, 1).build();
            bench.prepared();
            assertThat(bench.offer(offer).getAccepted()).isTrue();
            BadLine line = new BadLine(bench.time.loop(), offer, drift, MINUTES, 20261129);
            line.open(bench.stub);
            bench.until("greeting is over", 10_000, () -> line.agentTurns == 1 && line.quiet());

            int turns = 0;
            int timers = 0;
            int streams = 0;
            for (int second = 10; second < MINUTES * 60; second += TURN_MS / 1000) {
                line.say(Recordings.sentence(CLIP_MS));
                turns++;
                bench.time.advance(TURN_MS);
                if (turns == 6) {
                    timers = bench.agentLoop.timers();
                    streams = bench.client.openStreams();
                }
            }

            assertThat(line.frames()).as("frames").isGreaterThan(MINUTES * 3000 - 1500);
            assertThat(line.lost).as("frames lost").isGreaterThan(line.frames() / 120);
            assertThat(line.late).as("frames late").isGreaterThan(line.frames() / 60);
            assertThat(line.callerTurns).as("turns of the caller's").isEqualTo(turns);
            assertThat(line.agentTurns).as("the agent's, with its greeting").isEqualTo(turns + 1);
            assertThat(line.wholeAgentTurns).as("heard whole").isEqualTo(turns + 1);

            assertThat(line.ingress().concealed() - line.ingress().takenBack())
                    .as("silence made for what never came, and for nothing else")
                    .isCloseTo(line.lost, within(3L));
            assertThat(line.ingress().rebased()).isZero();
            assertThat(line.latestMs[0])
                    .as("delay to the agent in the first minute, ms")
                    .isLessThan(130);
            assertThat(line.latestMs[MINUTES - 1]).as("... and in the last").isCloseTo(line.latestMs[0], within(15.0));
            assertThat(Arrays.stream(line.mostLeadMs).max().orElseThrow())
                    .as("what the carrier is fed ahead, ms")
                    .isLessThanOrEqualTo(120);
            assertThat(line.mostLeadMs[MINUTES - 1]).isCloseTo(line.mostLeadMs[0], within(20.0));
            assertThat(line.playout().samplesDropped()).isZero();
            assertThat(line.quiet()).as("nothing waits in playout").isTrue();
            assertThat(line.held())
                    .as("nothing waits on the line but frames on their way")
                    .isLessThanOrEqualTo(6);
            assertThat(bench.agentLoop.timers()).as("the agent's timers").isEqualTo(timers);
            assertThat(bench.client.openStreams()).as("its streams").isEqualTo(streams);

            line.hangUp();
            bench.until("summary", 3_000, () -> line.summary);
            line.takeSummary();
            bench.until("idle", 5_000, () -> bench.gone != null || bench.agent.phase() instanceof State.Idle);
            assertThat(bench.gone).as("why the agent ended").isNull();
            assertThat(bench.agentLoop.timers()).as("timers left").isZero();
            assertThat(bench.client.openStreams()).as("streams left").isZero();
        }
    }
}
