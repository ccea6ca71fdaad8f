package dev.dialplane.agent.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.dialplane.agent.life.State;
import dev.dialplane.agent.rehearsal.ScriptedModels.Reply;
import dev.dialplane.agent.testing.Recordings;
import dev.dialplane.agent.testing.TestBench;
import dev.dialplane.agent.testing.TestGateway;
import dev.dialplane.contracts.common.v1.Cause;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** One agent, 200 calls one after another, each with a turn and an interruption, in virtual time. */
class ManyCallsSystemIT {
    private static final int CALLS = 200;
    private static final int WARM = 20;

    /** What a process holds. */
    private record Held(long heap, int threads, long files, int streams, int timers) {}

    @Test
    void twoHundredCallsLeaveNothingBehind() {
        try (TestBench bench = new TestBench()) {
            bench.with(TestBench.spec().setGreeting("Hello.")).prepared();
            bench.models.replies = _ -> Reply.of("We are open from nine to six, Monday to Saturday.");
            for (int number = 1; number <= WARM; number++) {
                call(bench, number);
            }
            Held before = held(bench);
            for (int number = WARM + 1; number <= CALLS; number++) {
                call(bench, number);
            }
            Held after = held(bench);

            assertThat(bench.agent.phase()).isEqualTo(new State.Idle());
            assertThat(after.heap() - before.heap()).as("bytes of heap").isLessThan(100 << 10);
            assertThat(after.threads()).as("threads").isLessThanOrEqualTo(before.threads());
            assertThat(after.files()).as("file descriptors").isLessThanOrEqualTo(before.files());
            assertThat(after.streams()).as("streams").isZero();
            assertThat(after.timers()).as("timers").isZero();
        }
    }

    private static void call(TestBench bench, int number) {
        TestGateway gateway = bench.call(TestBench.offer(number, 1).build());
        bench.until("greeting is over", 3000, () -> gateway.agentTurns().size() == 1);
        gateway.say(Recordings.sentence(700));
        bench.until("reply", 5000, () -> gateway.callerTurns().size() == 1);
        bench.time.advance(300);
        gateway.say(Recordings.sentence(700));
        bench.until(
                "interruption",
                3000,
                () -> gateway.has(message -> message.getTurnEvent().hasInterrupted()));
        gateway.hangUp(Cause.CAUSE_CALLER_HUNG_UP, false);
        bench.time.settle();
        gateway.takeSummary();
        bench.until("idle", 3000, () -> bench.agent.phase() instanceof State.Idle);
        // What this test keeps of each call is not the agent's.
        bench.models.requests.clear();
        bench.models.clauses.clear();
    }

    /** One collection clears references, the next what they held: the least of a few is what is alive. */
    private static long liveHeap() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int collection = 0; collection < 5; collection++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }

    private static Held held(TestBench bench) {
        UnixOperatingSystemMXBean system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new Held(
                liveHeap(),
                ManagementFactory.getThreadMXBean().getThreadCount(),
                system.getOpenFileDescriptorCount(),
                bench.client.openStreams(),
                bench.agentLoop.timers());
    }
}
