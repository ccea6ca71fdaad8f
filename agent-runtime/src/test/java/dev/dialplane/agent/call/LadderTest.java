package dev.dialplane.agent.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.agent.loop.Loop;
import dev.dialplane.agent.testing.VirtualTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LadderTest {
    private final VirtualTime time = new VirtualTime();
    private final Loop loop = time.loop();
    private final List<String> done = new ArrayList<>();
    private final Ladder ladder = new Ladder(loop)
            .step(100, () -> done.add("prompt"))
            .step(0, () -> done.add("never"))
            .step(300, () -> done.add("end"));

    @ParameterizedTest
    @CsvSource({"0, ''", "99, ''", "100, prompt", "299, prompt", "300, prompt end", "5000, prompt end"})
    void eachStepHappensOnceAfterItsWaitAndOneOfZeroNever(long millis, String steps) {
        ladder.start(loop.nanos());

        time.advance(millis);

        assertThat(String.join(" ", done)).isEqualTo(steps);
    }

    @ParameterizedTest
    @CsvSource({"50, 49, ''", "50, 50, prompt", "100, 0, prompt", "400, 0, prompt end"})
    void theWaitCountsFromWhenItBegan(long agoMs, long millis, String steps) {
        ladder.start(loop.nanos() - agoMs * 1_000_000);

        time.advance(millis);

        assertThat(String.join(" ", done)).isEqualTo(steps);
    }

    @Test
    void whoIsOnItDoesNotBeginAgain() {
        ladder.start(loop.nanos());
        time.advance(90);
        ladder.start(loop.nanos());
        time.advance(10);
        assertThat(done).containsExactly("prompt");

        time.advance(1000);
        ladder.start(loop.nanos());
        time.advance(1000);

        assertThat(done).containsExactly("prompt", "end");
    }

    @Test
    void whoGotOffLeavesNoTimerAndBeginsAtTheFoot() {
        ladder.start(loop.nanos());
        time.advance(200);
        ladder.stop();
        assertThat(loop.timers()).isZero();
        time.advance(1000);
        assertThat(done).containsExactly("prompt");

        ladder.start(loop.nanos());
        time.advance(100);

        assertThat(done).containsExactly("prompt", "prompt");
    }
}
