package dev.dialplane.agent.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.dialplane.agent.life.State;
import dev.dialplane.agent.rehearsal.ScriptedModels.Reply;
import dev.dialplane.agent.testing.Recordings;
import dev.dialplane.agent.testing.TestBench;
import dev.dialplane.agent.testing.TestGateway;
import dev.dialplane.contracts.agent.v1.ConverseResponse.MessageCase;
import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.inference.v1.Action;
import dev.dialplane.contracts.inference.v1.ActionKind;
import dev.dialplane.contracts.inference.v1.Expecting;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A whole call over gRPC, in virtual time, with real speech and the real detector. */
class CallTest {
    private final TestBench bench = new TestBench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void greetsThenAnswersWhatTheCallerSaysAndHangsUpAfterTheGoodbyeWasPlayed() {
        bench.models.hear("When are you open?");
        bench.models.hear("Thank you, goodbye.");
        bench.models.replies = request -> request.getDialogueCount() < 4
                ? Reply.of("We are open from nine to six.")
                : new Reply(
                        "You are welcome. Goodbye.",
                        List.of(Action.newBuilder()
                                .setKind(ActionKind.ACTION_KIND_HANG_UP)
                                .build()),
                        Expecting.EXPECTING_NOTHING);
        TestGateway gateway = bench.prepared().call();

        bench.until("greeting is over", 5000, () -> gateway.agentTurns().size() == 1);
        gateway.say(Recordings.forward());
        bench.until("reply is over", 10_000, () -> gateway.agentTurns().size() == 2);
        gateway.say(Recordings.forward());
        bench.until("call is over", 10_000, () -> gateway.summary() != null);
        gateway.takeSummary();
        bench.until("idle again", 5000, () -> bench.agent.phase() instanceof State.Idle);

        assertThat(gateway.callerTurns())
                .extracting(turn -> turn.getText())
                .containsExactly("When are you open?", "Thank you, goodbye.");
        assertThat(gateway.agentTurns())
                .extracting(turn -> turn.getHeardText())
                .containsExactly(
                        "Good morning, City Dental. How can I help?",
                        "We are open from nine to six.",
                        "You are welcome. Goodbye.");
        assertThat(gateway.summary().getCause()).isEqualTo(Cause.CAUSE_AGENT_HUNG_UP);
        assertThat(gateway.summary().getTurns()).isEqualTo(2);
        assertThat(gateway.worstLead).isLessThanOrEqualTo(8 * 320);
        var hangUp = gateway.all(MessageCase.HANG_UP).getFirst().message().getHangUp();
        assertThat(hangUp.getAfterSample()).isPositive();
        gateway.summary().getResponsesList().forEach(response -> {
            double sum = response.getSilenceMs()
                    + response.getSttMs()
                    + response.getLlmMs()
                    + response.getTtsMs()
                    + response.getOursMs();
            assertThat(sum).isCloseTo(response.getTotalMs(), within(0.01));
            assertThat(response.getTotalMs()).isBetween(150.0, 450.0);
        });
    }
}
