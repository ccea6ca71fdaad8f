package dev.dialplane.agent.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.agent.rehearsal.ScriptedModels.Reply;
import dev.dialplane.agent.testing.Recordings;
import dev.dialplane.agent.testing.TestBench;
import dev.dialplane.agent.testing.TestGateway;
import dev.dialplane.contracts.agent.v1.AudioKind;
import dev.dialplane.contracts.agent.v1.ConverseRequest;
import dev.dialplane.contracts.agent.v1.ConverseResponse.MessageCase;
import dev.dialplane.contracts.agent.v1.Dtmf;
import dev.dialplane.contracts.agent.v1.OfferRequest;
import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.inference.v1.Action;
import dev.dialplane.contracts.inference.v1.ActionKind;
import dev.dialplane.contracts.inference.v1.Expecting;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Digits that the agent sends: after the reply that they belong to, whole, and never twice. */
class DigitsInCallTest {
    private static final Action DIAL = Action.newBuilder()
            .setKind(ActionKind.ACTION_KIND_SEND_DIGITS)
            .setDigits("12w34")
            .build();
    private static final Action HANG_UP =
            Action.newBuilder().setKind(ActionKind.ACTION_KIND_HANG_UP).build();
    /** Four digits of 200 ms and a wait of 500, in samples at 8 kHz. */
    private static final int SAMPLES = 8 * 1_300;

    private final TestBench bench = new TestBench();

    @AfterEach
    void close() {
        bench.close();
    }

    private TestGateway answered(boolean canSend, Action... actions) {
        bench.models.hear("Open the door, please.");
        bench.models.replies = request -> request.getDialogueCount() < 4
                ? new Reply("I am opening it.", List.of(actions), Expecting.EXPECTING_OPEN)
                : Reply.of("You are welcome.");
        TestGateway gateway = bench.prepared().call(offer(canSend));
        bench.until("greeting is over", 5000, () -> gateway.agentTurns().size() == 1);
        gateway.say(Recordings.forward());
        bench.until("reply is over", 10_000, () -> gateway.agentTurns().size() == 2);
        return gateway;
    }

    private static OfferRequest offer(boolean canSend) {
        OfferRequest.Builder offer = TestBench.offer(1, 1);
        offer.getCarrierBuilder().setDtmfOut(canSend);
        return offer.build();
    }

    @Test
    void digitsFollowTheReplyAndAreHeardToTheirEndWhateverTheCallerDoes() {
        TestGateway gateway = answered(true, DIAL);
        bench.models.hear("Thank you.");
        bench.until("dials", 200, () -> !gateway.all(MessageCase.SEND_DTMF).isEmpty());
        gateway.say(Recordings.forward());
        gateway.send(ConverseRequest.newBuilder()
                .setDtmf(Dtmf.newBuilder().setDigit("5"))
                .build());
        bench.until("dialed", 3000, () -> gateway.agentTurns().size() == 3);

        var dialed = gateway.all(MessageCase.SEND_DTMF).getFirst().message().getSendDtmf();
        assertThat(dialed.getDigits()).isEqualTo("12w34");
        assertThat(dialed.getFirstSample())
                .isEqualTo(IntStream.range(
                                0,
                                gateway.received.indexOf(
                                        gateway.all(MessageCase.SEND_DTMF).getFirst()))
                        .mapToObj(i -> gateway.received.get(i).message())
                        .filter(m -> m.hasAudio() && m.getAudio().getGeneration() == dialed.getGeneration())
                        .mapToInt(m -> m.getAudio().getPayload().size())
                        .sum());
        assertThat(gateway.all(MessageCase.CLEAR)).isEmpty();
        assertThat(gateway.kinds.stream().filter(kind -> kind == AudioKind.AUDIO_KIND_TONE))
                .hasSizeBetween(SAMPLES / 160 - 1, SAMPLES / 160 + 1);
        assertThat(gateway.agentTurns().getLast().getText()).isEqualTo("[sent 4 digits]");
        assertThat(gateway.agentTurns().getLast().getHeardText()).isEqualTo("[sent 4 digits]");

        // What the caller said meanwhile is answered, by a model that knows of the digits.
        bench.until("next reply", 8000, () -> gateway.agentTurns().size() == 4);
        assertThat(bench.models.requests.getLast().getDialogueList())
                .extracting(turn -> turn.getText())
                .contains("I am opening it.", "[sent 4 digits]");
    }

    @Test
    void theCallEndsAfterTheDigitsIfItIsTo() {
        TestGateway gateway = answered(true, DIAL, HANG_UP);
        bench.until("over", 5000, () -> gateway.summary() != null);

        assertThat(gateway.summary().getCause()).isEqualTo(Cause.CAUSE_AGENT_HUNG_UP);
        assertThat(gateway.agentTurns().getLast().getHeardText()).isEqualTo("[sent 4 digits]");
        assertThat(gateway.all(MessageCase.CLEAR)).isEmpty();
        long dialedAt = gateway.all(MessageCase.SEND_DTMF).getFirst().atMs();
        assertThat(gateway.all(MessageCase.HANG_UP).getFirst().atMs() - dialedAt)
                .isGreaterThanOrEqualTo(1_300);
    }

    @Test
    void digitsThatMayHaveBeenSentAreNotSentOverAnotherGateway() {
        TestGateway gateway = answered(true, DIAL);
        bench.until("dials", 200, () -> !gateway.all(MessageCase.SEND_DTMF).isEmpty());
        bench.time.advance(500);
        gateway.breakOff();
        bench.time.advance(100);
        TestGateway another = bench.gateway(offer(true));
        bench.until("goes on", 3000, () -> another.agentTurns().size() == 1);
        bench.time.advance(3000);

        assertThat(another.all(MessageCase.SEND_DTMF)).isEmpty();
        assertThat(another.agentTurns().getFirst().getText()).isEqualTo("[sent 4 digits]");
    }

    @Test
    void aLineThatCannotSendDigitsAndDigitsThatAreNoneSendNothing() {
        TestGateway gateway = answered(false, DIAL);
        bench.time.advance(2000);
        assertThat(gateway.all(MessageCase.SEND_DTMF)).isEmpty();
        gateway.hangUp(Cause.CAUSE_CALLER_HUNG_UP, false);
        bench.until("over", 1000, () -> gateway.summary() != null);
        gateway.takeSummary();
        bench.time.advance(1000);

        bench.models.hear("Open the door, please.");
        OfferRequest.Builder next = TestBench.offer(2, 1);
        next.getCarrierBuilder().setDtmfOut(true);
        bench.models.replies = request -> new Reply(
                "I am opening it.", List.of(DIAL.toBuilder().setDigits("0044 1").build()), Expecting.EXPECTING_OPEN);
        TestGateway second = bench.call(next.build());
        bench.until("greeting is over", 5000, () -> second.agentTurns().size() == 1);
        second.say(Recordings.forward());
        bench.until("reply is over", 10_000, () -> second.agentTurns().size() == 2);
        bench.time.advance(2000);
        assertThat(second.all(MessageCase.SEND_DTMF)).isEmpty();
    }
}
