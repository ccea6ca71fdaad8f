package dev.dialplane.agent.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.agent.life.State;
import dev.dialplane.agent.rehearsal.ScriptedModels.Reply;
import dev.dialplane.agent.testing.Recordings;
import dev.dialplane.agent.testing.TestBench;
import dev.dialplane.agent.testing.TestGateway;
import dev.dialplane.contracts.common.v1.Cause;

/** What calls are in the middle of when they end, and that nothing is left of them then. */
final class Leftovers {
    /** A reply that takes longer than the moments that are tried. */
    static final Reply LONG = Reply.of("We are open from nine to six, Monday to Saturday, and on Sundays to one.");

    private Leftovers() {}

    /** The caller hangs up: every stream and timer ends, and the agent is ready for the next call. */
    static void none(TestBench bench, TestGateway gateway) {
        gateway.hangUp(Cause.CAUSE_CALLER_HUNG_UP, false);
        bench.time.settle();
        gateway.takeSummary();
        bench.until("idle or gone", 3000, () -> bench.gone != null || bench.agent.phase() instanceof State.Idle);

        assertThat(bench.gone).as("why the agent ended").isNull();
        assertThat(bench.agentLoop.timers()).as("timers").isZero();
        assertThat(bench.client.openStreams()).as("streams to inference").isZero();
        assertThat(bench.speech.streams()).as("sessions").isZero();
    }

    /** The greeting is over, and the caller begins to speak. */
    static void greetedAndSpeaking(TestBench bench, TestGateway gateway) {
        bench.until("greeting is over", 5000, () -> gateway.agentTurns().size() == 1);
        gateway.say(Recordings.forward());
    }

    /** The caller has spoken, and a second of the reply is said. */
    static void replying(TestBench bench, TestGateway gateway) {
        greetedAndSpeaking(bench, gateway);
        bench.until("reply", 8000, () -> gateway.callerTurns().size() == 1);
        bench.time.advance(1000);
    }
}
