package dev.dialplane.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AgentPodReaderTest {

    @Test
    void anAgentThatEndsHasEndedThoughASidecarGoesOn() {
        AgentPod ended = AgentPodReader.read(running(running("a-proxy"), terminated("agent", 71)));

        assertThat(ended.life()).isEqualTo(AgentPod.Life.Ended);
        assertThat(ended.failure()).isEqualTo("exit code 71, Error");
    }

    @Test
    void aSidecarThatEndsIsNotTheAgent() {
        assertThat(AgentPodReader.read(running(terminated("a-proxy", 0), running("agent")))
                        .life())
                .isEqualTo(AgentPod.Life.Ready);
    }

    private static ContainerStatus running(String name) {
        return new ContainerStatusBuilder()
                .withName(name)
                .withState(new ContainerStateBuilder()
                        .withNewRunning()
                        .withStartedAt("2026-11-29T12:00:00Z")
                        .endRunning()
                        .build())
                .build();
    }

    private static ContainerStatus terminated(String name, int exit) {
        return new ContainerStatusBuilder()
                .withName(name)
                .withState(new ContainerStateBuilder()
                        .withNewTerminated()
                        .withExitCode(exit)
                        .withReason("Error")
                        .endTerminated()
                        .build())
                .build();
    }

    private static Pod running(ContainerStatus... containers) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("desk-x")
                .withUid("u-1")
                .withLabels(Map.of(Labels.POOL, "desk"))
                .withCreationTimestamp("2026-11-29T12:00:00Z")
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .withNewStatus()
                .withPhase("Running")
                .withContainerStatuses(List.of(containers))
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .withLastTransitionTime("2026-11-29T12:00:01Z")
                .endCondition()
                .endStatus()
                .build();
    }
}
