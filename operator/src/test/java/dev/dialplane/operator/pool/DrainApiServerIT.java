package dev.dialplane.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dialplane.contracts.agent.v1.Phase;
import dev.dialplane.crds.pool.VoiceAgentPool;
import dev.dialplane.operator.world.FakeGateway;
import dev.dialplane.operator.world.FakeNode;
import dev.dialplane.operator.world.World;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a drain may take and what it may not, by the Eviction API and Kubernetes' own disruption controller. */
@ExtendWith(World.class)
class DrainApiServerIT {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration LEASE = Duration.ofSeconds(40);

    private final World world;
    private final String namespace;
    private final String drained;
    private final FakeNode node;
    private final FakeGateway gateway;

    /** Asks once: 429 is an answer here, and the usual client asks again for a quarter of a minute. */
    private final KubernetesClient once;

    DrainApiServerIT(World world) {
        this.world = world;
        this.namespace = world.namespace("drains");
        this.drained = namespace + "-a";
        this.node = new FakeNode(world.client(), namespace);
        this.gateway = world.gateway();
        this.once = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(world.client().getConfiguration())
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build();
    }

    @BeforeEach
    void threeAgentsOnANode() throws Exception {
        world.cluster().startController("disruption-controller");
        await().atMost(SOON).until(() -> gateway.version() > 0);
        node.place(drained, LEASE);
        world.pool(namespace, "desk", """
                {agent: {greeting: Hello}, scaling: {mode: External, replicas: 3},
                 rollout: {maxSurge: 3, maxUnavailable: 0}}""");
        await().atMost(SOON).until(() -> gateway.agents(namespace).size() == 3);
        await("the disruption controller has counted the pods").atMost(SOON).until(() -> {
            var budget = world.client()
                    .policy()
                    .v1()
                    .podDisruptionBudget()
                    .inNamespace(namespace)
                    .withName("desk")
                    .get();
            return budget.getStatus() != null
                    && Integer.valueOf(3).equals(budget.getStatus().getCurrentHealthy());
        });
    }

    @AfterEach
    void close() {
        gateway.close();
        node.close();
        once.close();
        world.client().resources(VoiceAgentPool.class).inNamespace(namespace).delete();
    }

    @Test
    void aCordonedNodeEmptiesByItselfAndItsCallsAreNotEvicted() {
        Pod busy = world.pods(namespace).getFirst();
        gateway.tell(busy.getMetadata().getUid(), Phase.PHASE_ACTIVE);
        world.pods(namespace)
                .forEach(pod -> assertThat(evicted(pod))
                        .as("nobody empties the node yet")
                        .isFalse());

        node.place(namespace + "-b", LEASE);
        node.cordon(drained);

        await("idle agents leave for another node")
                .atMost(SOON)
                .until(() -> on(drained).equals(Set.of(busy.getMetadata().getUid()))
                        && on(namespace + "-b").size() >= 2);
        assertThat(evicted(busy)).as("429 for a pod with a call").isFalse();
        assertThat(world.operator().metric("dialplane_drains_waiting", "")).isEqualTo(1);
        await().atMost(SOON).until(() -> world.operator().metric("dialplane_drains_waiting_seconds", "") > 0.5);

        gateway.tell(busy.getMetadata().getUid(), Phase.PHASE_IDLE);

        await().atMost(SOON)
                .until(() -> on(drained).isEmpty() && world.pods(namespace).size() == 3);
        await().atMost(SOON).until(() -> world.operator().metric("dialplane_drains_waiting", "") == 0);
    }

    @Test
    void anIdleAgentOfACordonedNodeIsEvictedByWhoeverDrainsIt() {
        List<Pod> pods = world.pods(namespace);
        gateway.tell(pods.getFirst().getMetadata().getUid(), Phase.PHASE_ACTIVE);
        gateway.answerNoMore();
        node.place(namespace + "-b", LEASE);
        node.cordon(drained);

        await("idle agents may be evicted at once")
                .atMost(SOON)
                .until(() -> pods.stream()
                        .skip(1)
                        .allMatch(pod -> "true"
                                .equals(world.client()
                                        .resource(pod)
                                        .get()
                                        .getMetadata()
                                        .getLabels()
                                        .get(Labels.EVICTABLE))));
        await("the budget follows the labels").atMost(SOON).until(() -> evicted(pods.get(1)) && evicted(pods.get(2)));
        assertThat(evicted(pods.getFirst())).isFalse();
        await().atMost(SOON)
                .until(() ->
                        on(drained).equals(Set.of(pods.getFirst().getMetadata().getUid()))
                                && world.pods(namespace).size() >= 3);
    }

    private boolean evicted(Pod pod) {
        return once.pods()
                .inNamespace(namespace)
                .withName(pod.getMetadata().getName())
                .evict();
    }

    private Set<String> on(String name) {
        return world.pods(namespace).stream()
                .filter(pod -> name.equals(pod.getSpec().getNodeName()))
                .map(pod -> pod.getMetadata().getUid())
                .collect(Collectors.toSet());
    }
}
