package dev.dialplane.e2e.invariants;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.e2e.invariants.Violation.Rule;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each rule is broken once, and seen to be; what is right is let be. */
class InvariantsTest {
    private static final long GRACE = 30_000;
    private static final long TTL = 600_000;

    private final Invariants invariants = new Invariants(GRACE, TTL, true);

    @BeforeEach
    void aCallThatAnAgentHolds() {
        invariants.lineStarted("CA1");
        invariants.accepted("pod-a", "call-1", "CA1");
        invariants.opened("pod-a", "call-1", true);
    }

    private static SessionSeen session(String uid, boolean ended, @Nullable String cause) {
        return new SessionSeen(uid, "ns/in-1", "CA1", "call-1", ended, "Abandoned".equals(cause), cause);
    }

    private void ends(boolean byCaller, String cause) {
        invariants.released("pod-a", "call-1");
        invariants.lineEnded("CA1", byCaller, false, 1_000);
        invariants.session(session("s1", true, cause), 1_500);
    }

    private List<Rule> broken(long nowMs) {
        return invariants.check(nowMs).stream().map(Violation::rule).toList();
    }

    @Test
    void aCallThatGoesWellBreaksNothing() {
        invariants.session(session("s1", false, null), 100);
        assertThat(broken(200)).isEmpty();
        ends(true, "CallerHungUp");
        invariants.endEvent("call-1", "e1");
        assertThat(broken(100_000)).isEmpty();
        assertThat(invariants.open()).isZero();
        invariants.sessionGone("s1", 1_500 + TTL);
        assertThat(broken(1_500 + TTL)).isEmpty();
    }

    @Test
    void anAgentWithASecondCall() {
        invariants.lineStarted("CA2");
        invariants.accepted("pod-a", "call-2", "CA2");
        invariants.opened("pod-a", "call-2", true);
        assertThat(broken(0)).containsExactly(Rule.AGENT_HOLDS_TWO_CALLS);
    }

    @Test
    void anAgentThatTalksWithoutAnOffer() {
        invariants.released("pod-a", "call-1");
        invariants.opened("pod-a", "call-1", false);
        assertThat(broken(0)).containsExactly(Rule.AGENT_HOLDS_TWO_CALLS);
    }

    @Test
    void aCallThatTwoAgentsHoldForLongerThanASecond() {
        invariants.accepted("pod-b", "call-1", "CA1");
        invariants.opened("pod-b", "call-1", true);
        assertThat(broken(0)).as("the first may not have heard yet").isEmpty();
        assertThat(broken(1_000)).containsExactly(Rule.CALL_HELD_BY_TWO_AGENTS);
    }

    @Test
    void aCallThatMovesToAnotherAgentIsNotHeldTwice() {
        invariants.accepted("pod-b", "call-1", "CA1");
        invariants.opened("pod-b", "call-1", true);
        invariants.check(0);
        invariants.released("pod-a", "call-1");
        assertThat(broken(1_000)).isEmpty();
    }

    @Test
    void aBusyAgentThatIsDeleted() {
        invariants.podDeleted("pod-a", "bench-a");
        assertThat(broken(0)).containsExactly(Rule.BUSY_AGENT_DELETED);
    }

    @Test
    void anIdleAgentAndOneOfALostNodeMayBeDeleted() {
        invariants.podDeleted("pod-b", "bench-b");
        invariants.agentLost("pod-a");
        invariants.podDeleted("pod-a", "bench-a");
        assertThat(broken(0)).isEmpty();
    }

    @Test
    void aCallWithoutASession() {
        invariants.lineEnded("CA1", true, false, 1_000);
        assertThat(broken(1_000 + GRACE)).as("still within its time").isEmpty();
        assertThat(broken(1_001 + GRACE)).containsExactly(Rule.NO_SESSION);
        assertThat(broken(2_000 + GRACE)).as("said once").isEmpty();
    }

    @Test
    void aFaultOnPurposeGivesRecordsMoreTime() {
        invariants.lineEnded("CA1", true, false, 1_000);
        invariants.faultBegins();
        assertThat(broken(300_000)).isEmpty();
        invariants.faultEnds(300_000);
        assertThat(broken(300_000 + GRACE)).isEmpty();
        assertThat(broken(300_001 + GRACE)).containsExactly(Rule.NO_SESSION);
    }

    @Test
    void aCallOfAKilledGatewayThatNoAgentHadIsKnownToNobody() {
        invariants.lineStarted("CA2");
        invariants.lineEnded("CA2", false, true, 0);
        assertThat(broken(GRACE + 1)).isEmpty();
    }

    @Test
    void aSessionThatNeverEnds() {
        invariants.session(session("s1", false, null), 100);
        invariants.lineEnded("CA1", true, false, 1_000);
        assertThat(broken(1_001 + GRACE)).containsExactly(Rule.NO_TRUE_CAUSE);
    }

    @Test
    void anEndWithoutACause() {
        ends(true, "");
        assertThat(broken(2_000)).containsExactly(Rule.NO_TRUE_CAUSE);
    }

    @Test
    void aCauseThatIsNotTrue() {
        ends(true, "AgentLost");
        assertThat(broken(2_000)).containsExactly(Rule.NO_TRUE_CAUSE);
    }

    @Test
    void aCallerWhoHangsUpOnALostAgentMayBeSaidToHaveLostIt() {
        invariants.agentLost("pod-a");
        ends(true, "AgentLost");
        assertThat(broken(2_000)).isEmpty();
    }

    @Test
    void anAgentThatIsLostAfterItsCallIsNotWhatEndedIt() {
        invariants.lineEnded("CA1", true, false, 1_000);
        invariants.agentLost("pod-a");
        invariants.session(session("s1", true, "AgentLost"), 1_500);
        assertThat(broken(2_000)).containsExactly(Rule.NO_TRUE_CAUSE);
    }

    @Test
    void aCallerWhoIsSaidToHaveHungUpAndDidNot() {
        ends(false, "CallerHungUp");
        assertThat(broken(2_000)).containsExactly(Rule.NO_TRUE_CAUSE);
    }

    @Test
    void aSecondCause() {
        ends(true, "CallerHungUp");
        invariants.session(session("s1", true, "GatewayLost"), 2_000);
        assertThat(broken(2_000)).containsExactly(Rule.NO_TRUE_CAUSE);
    }

    @Test
    void aSecondSessionEvenLongAfterTheCall() {
        ends(true, "CallerHungUp");
        invariants.endEvent("call-1", "e1");
        assertThat(broken(100_000)).isEmpty();
        invariants.session(session("s2", true, "CallerHungUp"), 200_000);
        assertThat(broken(200_000)).containsExactly(Rule.SECOND_SESSION);
    }

    @Test
    void aSessionThatIsGoneBeforeItsTime() {
        ends(true, "CallerHungUp");
        invariants.sessionGone("s1", 60_000);
        assertThat(broken(60_000)).contains(Rule.SESSION_GONE_EARLY);
    }

    @Test
    void anAnsweredCallWithoutAnEndEvent() {
        ends(true, "CallerHungUp");
        assertThat(broken(1_001 + GRACE)).containsExactly(Rule.NO_END_EVENT);
    }

    @Test
    void aCallerWhoLeavesBeforeTheGatewayKnowsOfTheAgentHasNoEndEvent() {
        ends(true, "Abandoned");
        assertThat(broken(1_001 + GRACE)).isEmpty();
    }

    @Test
    void aSecondEndEvent() {
        ends(true, "CallerHungUp");
        invariants.endEvent("call-1", "e1");
        invariants.endEvent("call-1", "e1");
        assertThat(broken(2_000)).as("sent again is not a second one").isEmpty();
        invariants.endEvent("call-1", "e2");
        assertThat(broken(3_000)).containsExactly(Rule.SECOND_END_EVENT);
    }
}
