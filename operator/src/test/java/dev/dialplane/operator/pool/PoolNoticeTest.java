package dev.dialplane.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.contracts.common.v1.Answer;
import dev.dialplane.contracts.common.v1.Slot;
import dev.dialplane.contracts.control.v1.Pool;
import dev.dialplane.operator.TestPools;
import org.junit.jupiter.api.Test;

class PoolNoticeTest {
    private static Pool notice(String spec) {
        return PoolNotice.of(TestPools.of("/spec", spec), "rev");
    }

    @Test
    void whetherCallsAreRecordedAndWhereIsToldToGatewaysAndAgents() {
        Pool pool = notice("""
                {compliance: {residency: [in-west, in-south], recording: {mode: WithConsent, consent: "May we?"}}}""");
        assertThat(pool.getSpec().getRecording().getConsent()).isEqualTo("May we?");
        assertThat(pool.getResidencyList()).containsExactly("in-west", "in-south");
    }

    @Test
    void aPoolWhoseCallsAreNotRecordedIsPreparedForAsBefore() {
        String hash = notice("{}").getSpecHash();
        assertThat(notice("{compliance: {recording: {mode: Never, consent: x}}}")
                        .getSpecHash())
                .isEqualTo(hash);
        assertThat(notice("{compliance: {recording: {mode: Never}}}").getSpec().hasRecording())
                .isFalse();
        assertThat(notice("{compliance: {}}").getSpec().hasRecording()).isFalse();
        assertThat(notice("{compliance: {recording: {mode: WithConsent, consent: x}}}")
                        .getSpecHash())
                .isNotEqualTo(hash);
    }

    @Test
    void aSensitiveSlotIsOne() {
        Answer answer = PoolNotice.of(TestPools.pool("""
                        {answers: [{when: [a], slots: [{name: day, type: Date}, {name: card, type: Number, sensitive: true}],
                                    say: ok}]}"""), "rev").getSpec().getAnswers(0);
        assertThat(answer.getSlotsList()).extracting(Slot::getSensitive).containsExactly(false, true);
    }
}
