package dev.dialplane.agent.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.agent.rehearsal.ScriptedModels.Reply;
import dev.dialplane.agent.testing.Recordings;
import dev.dialplane.agent.testing.TestBench;
import dev.dialplane.agent.testing.TestGateway;
import dev.dialplane.contracts.agent.v1.ConverseResponse.MessageCase;
import dev.dialplane.contracts.common.v1.InterruptionMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Keys that the caller presses: an entry is a turn, and interrupts. */
class KeysInCallTest {
    private final TestBench bench = new TestBench();

    @BeforeEach
    void agentsRepeatWhatTheyUnderstood() {
        bench.models.replies = request -> Reply.of(
                "You said " + request.getDialogueList().getLast().getText() + ", and I say a little more than that.");
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void anEntryEndedByTheHashKeyIsATurnAtOnce() {
        TestGateway gateway = greeted();

        gateway.press("47");
        bench.time.advance(2000);
        gateway.press("11#");
        long pressed = gateway.nowMs();
        bench.until("reply", 500, gateway::hearsAgent);

        assertThat(gateway.nowMs() - pressed).isLessThan(200);
        assertThat(gateway.callerTurns()).extracting(turn -> turn.getText()).containsExactly("4711");
        assertThat(bench.models.requests).hasSize(1);
    }

    @Test
    void anEntryWithoutAnEndIsOneWhenNoKeyFollows() {
        TestGateway gateway = greeted();

        gateway.press("4711");
        long pressed = gateway.nowMs();
        bench.until("reply", 5000, gateway::hearsAgent);

        assertThat(gateway.nowMs() - pressed).isBetween(3000L, 3200L);
        assertThat(gateway.callerTurns()).extracting(turn -> turn.getText()).containsExactly("4711");
    }

    @Test
    void aKeyInterruptsAtOnce() {
        TestGateway gateway = bench.prepared().call();
        bench.until("greeting", 2000, gateway::hearsAgent);
        bench.time.advance(500);

        gateway.press("1");
        bench.time.advance(5);

        assertThat(gateway.all(MessageCase.CLEAR)).hasSize(1);
        assertThat(gateway.has(message -> message.getTurnEvent().hasInterrupted()))
                .isTrue();
        bench.until("turn", 3000, () -> gateway.callerTurns().size() == 1);
        assertThat(gateway.agentTurns().getFirst().getInterrupted()).isTrue();
    }

    @Test
    void whatMayNotBeInterruptedIsHeardToItsEndAndThenTheEntryIsAnswered() {
        var spec = TestBench.spec();
        spec.getTurnTakingBuilder().getInterruptionBuilder().setMode(InterruptionMode.INTERRUPTION_MODE_NEVER);
        TestGateway gateway = bench.with(spec).prepared().call();
        bench.until("greeting", 2000, gateway::hearsAgent);

        gateway.press("1#");
        bench.until("turn", 6000, () -> gateway.callerTurns().size() == 1);

        assertThat(gateway.all(MessageCase.CLEAR)).isEmpty();
        assertThat(gateway.agentTurns().getFirst().getInterrupted()).isFalse();
        assertThat(gateway.callerTurns().getFirst().getText()).isEqualTo("1");
    }

    @Test
    void keysThatFollowBeforeTheReplyLeavesBelongToTheSameTurn() {
        bench.models.firstPieceMillis = 800;
        TestGateway gateway = greeted();

        gateway.press("4");
        bench.time.advance(1700);
        gateway.press("2#");
        bench.until("reply", 3000, gateway::hearsAgent);

        assertThat(gateway.callerTurns()).extracting(turn -> turn.getText()).containsExactly("42");
    }

    @Test
    void wordsAndKeysMakeOneTurn() {
        bench.models.hear("My number is");
        TestGateway gateway = greeted();

        gateway.say(Recordings.sentence(800));
        bench.until("said", 3000, gateway::saidAll);
        bench.time.advance(300);
        gateway.press("42#");
        bench.until("turn", 4000, () -> gateway.callerTurns().size() == 1);

        assertThat(gateway.callerTurns().getFirst().getText()).isEqualTo("My number is 42");
    }

    @Test
    void speechAfterKeysIsHeardAsPartOfTheTurn() {
        bench.models.hear("please");
        TestGateway gateway = greeted();

        gateway.press("42");
        gateway.say(Recordings.sentence(800));
        bench.until("turn", 8000, () -> gateway.callerTurns().size() == 1);

        assertThat(gateway.callerTurns().getFirst().getText()).isEqualTo("please 42");
    }

    private TestGateway greeted() {
        TestGateway gateway = bench.prepared().call();
        bench.until("greeting", 8000, () -> gateway.agentTurns().size() == 1);
        bench.until("quiet", 200, () -> !gateway.hearsAgent());
        return gateway;
    }
}
