package dev.dialplane.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dialplane.contracts.agent.v1.CallSummary;
import dev.dialplane.contracts.agent.v1.ConverseRequest;
import dev.dialplane.contracts.agent.v1.Phase;
import dev.dialplane.contracts.control.v1.CallEvent;
import dev.dialplane.gateway.fake.FakeAgent;
import dev.dialplane.gateway.fake.FakeCarrier;
import dev.dialplane.gateway.fake.SystemFixture;
import dev.dialplane.gateway.fake.TestGateway;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** Everything of a call ends with it. */
class ResourcesSystemIT extends SystemFixture {
    private static final int CALLS = 200;

    @Test
    void twoHundredCallsLeaveNothingBehind() throws Exception {
        FakeAgent agent = agent("a", a -> new FakeAgent.Talk() {
            @Override
            public void heard(FakeAgent.Conversation call, ConverseRequest message) {
                if (message.hasHangUp()) {
                    call.summarize(CallSummary.newBuilder()
                            .setCause(message.getHangUp().getCause()));
                }
            }
        });
        TestGateway gateway = start();
        for (int i = 0; i < 20; i++) {
            call(gateway, agent, "W" + i);
        }
        int threads = ManagementFactory.getThreadMXBean().getThreadCount();
        long descriptors = descriptors();
        long heap = heap();
        for (int i = 0; i < CALLS; i++) {
            call(gateway, agent, "CA" + i);
        }
        assertThat(agent.openStreams.get()).isZero();
        assertThat(gateway.gateway().calls()).isZero();
        assertThat(gateway.gateway().ticking()).as("calls on the clock").isZero();
        assertThat(gateway.gateway().liveCalls())
                .as("calls that a hello would name")
                .isZero();
        await().atMost(PATIENCE).until(() -> gateway.gateway().timersWaiting() == 0);
        assertThat(ManagementFactory.getThreadMXBean().getThreadCount()).isLessThanOrEqualTo(threads + 2);
        await().atMost(PATIENCE).until(() -> descriptors() <= descriptors + 4);
        // What the fakes remember of each call is some KB.
        assertThat(heap() - heap).as("bytes of heap").isLessThan(CALLS * 40_000L);
        assertThat(events().stream().filter(CallEvent::hasEnded)).hasSize(CALLS + 20);
    }

    private void call(TestGateway gateway, FakeAgent agent, String callSid) throws Exception {
        FakeCarrier carrier = gateway.call(callSid);
        int held = agent.conversations.size();
        await().atMost(PATIENCE)
                .pollInterval(java.time.Duration.ofMillis(5))
                .until(() -> agent.conversations.size() > 0
                        && agent.conversations.getLast().received.stream().anyMatch(ConverseRequest::hasAudio));
        carrier.stop();
        await().atMost(PATIENCE)
                .pollInterval(java.time.Duration.ofMillis(5))
                .until(() ->
                        agent.phase() == Phase.PHASE_IDLE && gateway.gateway().calls() == 0);
        assertThat(agent.conversations.size()).isGreaterThanOrEqualTo(held);
        agent.conversations.clear();
        agent.offers.clear();
    }

    private static long descriptors() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.UnixOperatingSystemMXBean unix
                ? unix.getOpenFileDescriptorCount()
                : 0;
    }

    private static long heap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
