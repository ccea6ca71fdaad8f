package dev.dialplane.operator.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.common.v1.Usage;
import dev.dialplane.contracts.control.v1.Answered;
import dev.dialplane.contracts.control.v1.CallEvent;
import dev.dialplane.contracts.control.v1.Ended;
import dev.dialplane.contracts.control.v1.Moved;
import dev.dialplane.contracts.control.v1.Refused;
import dev.dialplane.crds.Condition;
import dev.dialplane.crds.session.CallSessionStatus;
import dev.dialplane.crds.session.CallSessionStatus.Phase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SessionRecordTest {

    private static final Answered ANSWERED = Answered.newBuilder()
            .setPodName("receptionist-x7")
            .setPodUid("uid-7")
            .setRequestTimeUnixMs(1_000)
            .setReserveTimeUnixMs(2_000)
            .setAnswerTimeUnixMs(3_000)
            .build();

    private static final Ended ENDED = Ended.newBuilder()
            .setCause(Cause.CAUSE_CALLER_HUNG_UP)
            .setAnswered(ANSWERED)
            .setTurns(9)
            .setInterruptions(2)
            .setResponseP50Ms(412)
            .setResponseP95Ms(690)
            .setEndTimeUnixMs(60_000)
            .setUsage(Usage.newBuilder()
                    .setAudioSeconds(183.6)
                    .setSttSeconds(92.2)
                    .setLlmInputTokens(1_800)
                    .setLlmOutputTokens(104)
                    .setTtsCharacters(803))
            .build();

    @Test
    void anAnsweredCallIsActive() {
        CallSessionStatus status =
                SessionRecord.after(null, event(1).setAnswered(ANSWERED).build());
        assertThat(status.phase()).isEqualTo(Phase.Active);
        assertThat(status.party()).isEqualTo("••••••5678");
        assertThat(status.agent()).isEqualTo(new CallSessionStatus.Agent("receptionist-x7", "uid-7", 1, 0));
        assertThat(status.answerTime()).isEqualTo("1970-01-01T00:00:03Z");
        assertThat(status.endTime()).isNull();
        assertThat(types(status)).containsExactly("Reserved True", "Answered True");
    }

    @Test
    void theEndTellsTheWholeCallEvenIfNothingWasKnownOfIt() {
        CallEvent ended = event(1).setEnded(ENDED).build();
        CallSessionStatus alone = SessionRecord.after(null, ended);
        CallSessionStatus afterAnswer = SessionRecord.after(
                SessionRecord.after(null, event(1).setAnswered(ANSWERED).build()), ended);

        assertThat(alone).isEqualTo(afterAnswer);
        assertThat(alone.phase()).isEqualTo(Phase.Completed);
        assertThat(alone.cause()).isEqualTo("CallerHungUp");
        assertThat(alone.turns()).isEqualTo(9);
        assertThat(alone.interruptions()).isEqualTo(2);
        assertThat(alone.response()).isEqualTo(new CallSessionStatus.Response(412, 690));
        assertThat(alone.usage()).isEqualTo(new CallSessionStatus.Usage(184, 92, 1904, 803));
        assertThat(types(alone)).containsExactly("Reserved True", "Answered True", "Ended True");
    }

    @Test
    void aRepeatedEventChangesNothing() {
        CallEvent answered = event(1).setAnswered(ANSWERED).build();
        CallSessionStatus once = SessionRecord.after(null, answered);
        assertThat(SessionRecord.after(once, answered)).isEqualTo(once);
        CallEvent ended = event(1).setEnded(ENDED).build();
        CallSessionStatus over = SessionRecord.after(once, ended);
        assertThat(SessionRecord.after(over, ended)).isSameAs(over);
        assertThat(SessionRecord.after(over, answered)).isSameAs(over);
    }

    @Test
    void anOlderAttemptIsNotListenedTo() {
        CallSessionStatus second = SessionRecord.after(
                null,
                event(2).setMoved(Moved.newBuilder()
                                .setPodName("b")
                                .setPodUid("uid-b")
                                .setFailovers(1))
                        .build());
        assertThat(SessionRecord.after(second, event(1).setEnded(ENDED).build()))
                .isSameAs(second);
    }

    @Test
    void aFailoverTellsTheNewAgent() {
        CallSessionStatus answered =
                SessionRecord.after(null, event(1).setAnswered(ANSWERED).build());
        CallSessionStatus moved = SessionRecord.after(
                answered,
                event(2).setMoved(Moved.newBuilder()
                                .setPodName("b")
                                .setPodUid("uid-b")
                                .setFailovers(1))
                        .build());
        assertThat(moved.agent()).isEqualTo(new CallSessionStatus.Agent("b", "uid-b", 2, 1));
        assertThat(moved.answerTime()).isEqualTo(answered.answerTime());

        CallSessionStatus over = SessionRecord.after(
                moved, event(2).setEnded(ENDED.toBuilder().setFailovers(1)).build());
        assertThat(over.agent()).isEqualTo(new CallSessionStatus.Agent("b", "uid-b", 2, 1));
    }

    @Test
    void aRefusedCallEndsWithItsCause() {
        CallSessionStatus status = SessionRecord.after(
                null,
                event(1).setTimeUnixMs(5_000)
                        .setRefused(Refused.newBuilder()
                                .setCause(Cause.CAUSE_NO_AGENT)
                                .setDetail("waited 5 s")
                                .setRequestTimeUnixMs(1))
                        .build());
        assertThat(status.phase()).isEqualTo(Phase.Refused);
        assertThat(status.cause()).isEqualTo("NoAgent");
        assertThat(status.endTime()).isEqualTo("1970-01-01T00:00:05Z");
        assertThat(types(status)).containsExactly("Reserved False", "Answered False", "Ended True");
    }

    @ParameterizedTest
    @EnumSource(Cause.class)
    void everyCauseIsSpelledAndHasAPhase(Cause cause) {
        int number = cause == Cause.UNRECOGNIZED ? 77 : cause.getNumber();
        assertThat(Causes.spell(cause, number)).matches("[A-Z][A-Za-z0-9]*");
        assertThat(Causes.phase(number).ended()).isTrue();
    }

    @Test
    void causesAreSpelledAsInTheResource() {
        assertThat(Causes.spell(Cause.CAUSE_CALLER_HUNG_UP, 1)).isEqualTo("CallerHungUp");
        assertThat(Causes.spell(Cause.UNRECOGNIZED, 1234)).isEqualTo("Cause1234");
        assertThat(Causes.phase(1)).isEqualTo(Phase.Completed);
        assertThat(Causes.phase(20)).isEqualTo(Phase.Failed);
        assertThat(Causes.phase(49)).isEqualTo(Phase.Refused);
    }

    private static CallEvent.Builder event(int attempt) {
        return CallEvent.newBuilder()
                .setFence(Fence.newBuilder().setCallId("c1").setAttempt(attempt))
                .setSeq(1)
                .setTimeUnixMs(60_000)
                .setParty("••••••5678");
    }

    private static java.util.List<String> types(CallSessionStatus status) {
        return status.conditions().stream()
                .map((Condition condition) -> condition.type() + " " + condition.status())
                .toList();
    }
}
