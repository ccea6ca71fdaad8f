package dev.dialplane.operator.pool;

import static org.awaitility.Awaitility.await;

import dev.dialplane.contracts.agent.v1.Phase;
import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.common.v1.Direction;
import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.contracts.control.v1.Answered;
import dev.dialplane.contracts.control.v1.CallEvent;
import dev.dialplane.contracts.control.v1.Ended;
import dev.dialplane.crds.pool.VoiceAgentPool;
import dev.dialplane.operator.world.FakeGateway;
import dev.dialplane.operator.world.FakeNode;
import dev.dialplane.operator.world.World;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Agents that are lost, and agents that only seem to be. */
@ExtendWith(World.class)
class LossApiServerIT {

    private static final Duration SOON = Duration.ofSeconds(20);

    /** The lease of these nodes, which a real kubelet has for 40 s. */
    private static final Duration LEASE = Duration.ofSeconds(1);

    /** More than the lease and what the operator of these tests waits after it. */
    private static final Duration LONGER = Duration.ofSeconds(5);

    private final World world;
    private final String namespace;
    private final FakeNode node;
    private final FakeGateway gateway;

    LossApiServerIT(World world) {
        this.world = world;
        this.namespace = world.namespace("losses");
        this.node = new FakeNode(world.client(), namespace);
        this.gateway = world.gateway();
    }

    @BeforeEach
    void twoAgentsOnANode() {
        await().atMost(SOON).until(() -> gateway.version() > 0);
        node.place(namespace + "-a", LEASE);
        world.pool(namespace, "desk", "{agent: {greeting: Hello}, scaling: {mode: External, replicas: 2}}");
        await().atMost(SOON).until(() -> idle() == 2);
    }

    @AfterEach
    void close() {
        gateway.close();
        node.close();
        world.client().resources(VoiceAgentPool.class).inNamespace(namespace).delete();
    }

    @Test
    void aLostNodesAgentsAreGivenUpOnceGatewaysSaySoToo() {
        Set<String> first = uids();
        String busy = first.iterator().next();
        gateway.tell(busy, Phase.PHASE_ACTIVE);

        node.silence(namespace + "-a");
        node.place(namespace + "-b", LEASE);
        await("gateways reach the agents, whatever their node does")
                .during(LONGER)
                .atMost(SOON)
                .until(() -> uids().equals(first));

        first.forEach(gateway::unreachable);
        gateway.tell(lost("lost", busy));

        await("the pods are removed, though no kubelet ends them")
                .atMost(SOON)
                .until(() -> everyUid().stream().noneMatch(first::contains));
        await("the pool is filled again").atMost(SOON).until(() -> idle() == 2);
        await().atMost(SOON)
                .until(() -> world.sessions(namespace).stream()
                        .anyMatch(session -> session.getStatus() != null
                                && "AgentLost".equals(session.getStatus().cause())));
    }

    @Test
    void anAgentThatHangsIsGivenUpWhenItsPodAndTheGatewaysSaySo() {
        Pod hanging = world.pods(namespace).getFirst();
        String uid = hanging.getMetadata().getUid();
        gateway.tell(uid, Phase.PHASE_ACTIVE);
        node.ready(hanging, false);
        await("gateways reach it").during(LONGER).atMost(SOON).until(() -> uids().contains(uid));

        gateway.unreachable(uid);

        await().atMost(SOON).until(() -> !everyUid().contains(uid) && idle() == 2);
    }

    @Test
    void forOneSidesWordABusyAgentIsKeptAndAnIdleOneReplaced() {
        List<String> both = List.copyOf(uids());
        gateway.tell(both.getFirst(), Phase.PHASE_ACTIVE);

        gateway.unreachable(both.getLast());

        await("an idle agent that no gateway reaches is of no use")
                .atMost(SOON)
                .until(() -> !everyUid().contains(both.getLast()));
        await().atMost(SOON).until(() -> idle() == 1 && uids().size() == 2);
        gateway.unreachable(both.getFirst());
        await("a busy one whose pod is ready may be in a call")
                .during(LONGER)
                .atMost(SOON)
                .until(() -> uids().contains(both.getFirst()));

        gateway.tell(both.getFirst(), Phase.PHASE_IDLE);
        await().atMost(SOON).until(() -> idle() == 2 && uids().contains(both.getFirst()));
    }

    @Test
    void nothingTerminatesForEverOnALostNode() {
        Set<String> first = uids();
        String told = first.iterator().next();
        node.silence(namespace + "-a");
        node.place(namespace + "-b", LEASE);
        world.pods(namespace).stream()
                .filter(pod -> pod.getMetadata().getUid().equals(told))
                .forEach(pod ->
                        world.client().resource(pod).withGracePeriod(3600).delete());
        await().atMost(SOON).until(() -> !uids().contains(told) && everyUid().contains(told));

        gateway.unreachable(told);

        await().atMost(SOON).until(() -> !everyUid().contains(told));
    }

    @Test
    void anEvictedAgentIsReplacedAtOnce() {
        Pod evicted = world.pods(namespace).getFirst();
        node.evict(evicted);
        await().atMost(SOON)
                .until(() -> !everyUid().contains(evicted.getMetadata().getUid()) && idle() == 2);
    }

    private CallEvent lost(String callId, String podUid) {
        return CallEvent.newBuilder()
                .setFence(Fence.newBuilder()
                        .setCallId(namespace.replace("-", "") + callId)
                        .setAttempt(1))
                .setSeq(1)
                .setTimeUnixMs(Instant.now().toEpochMilli())
                .setPool(PoolRef.newBuilder().setNamespace(namespace).setName("desk"))
                .setDirection(Direction.DIRECTION_INBOUND)
                .setCarrier("twilio")
                .setAccount("AC1")
                .setCarrierCallId(namespace.replace("-", "") + callId)
                .setEnded(Ended.newBuilder()
                        .setCause(Cause.CAUSE_AGENT_LOST)
                        .setAnswered(Answered.newBuilder().setPodName("p").setPodUid(podUid))
                        .setEndTimeUnixMs(Instant.now().toEpochMilli()))
                .build();
    }

    private Set<String> uids() {
        return world.pods(namespace).stream()
                .map(pod -> pod.getMetadata().getUid())
                .collect(Collectors.toSet());
    }

    /** Those on their way out too. */
    private Set<String> everyUid() {
        return world.client().pods().inNamespace(namespace).list().getItems().stream()
                .map(pod -> pod.getMetadata().getUid())
                .collect(Collectors.toSet());
    }

    private int idle() {
        var status = world.pool(namespace, "desk").getStatus();
        return status == null || status.agents() == null ? -1 : status.agents().idle();
    }
}
