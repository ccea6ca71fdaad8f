package dev.dialplane.operator.pool;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads of a pod what the operator needs. */
final class AgentPodReader {

    private AgentPodReader() {}

    /** Reads a pod that carries {@link Labels#POOL}. */
    static AgentPod read(Pod pod) {
        var metadata = pod.getMetadata();
        Map<String, String> labels = metadata.getLabels();
        String address = Optional.ofNullable(pod.getStatus().getPodIP())
                .filter(ip -> !ip.isEmpty())
                .map(ip -> (ip.contains(":") ? "[" + ip + "]" : ip) + ":" + AgentPodTemplate.PORT)
                .orElse("");
        boolean everReady = everReady(pod);
        AgentPod.Life life = life(pod, everReady);
        return new AgentPod(
                new PoolKey(metadata.getNamespace(), labels.getOrDefault(Labels.POOL, "")),
                metadata.getName(),
                metadata.getUid(),
                metadata.getResourceVersion(),
                labels.getOrDefault(Labels.REVISION, ""),
                life,
                everReady,
                metadata.getDeletionTimestamp() != null,
                "true".equals(labels.get(Labels.EVICTABLE)),
                Instant.parse(metadata.getCreationTimestamp()),
                address,
                Optional.ofNullable(pod.getSpec().getNodeName()).orElse(""),
                labels.getOrDefault(Labels.ZONE, ""),
                life == AgentPod.Life.Ended ? failure(pod) : "");
    }

    private static AgentPod.Life life(Pod pod, boolean everReady) {
        String phase = Optional.ofNullable(pod.getStatus().getPhase()).orElse("");
        if (phase.equals("Succeeded") || phase.equals("Failed")) {
            return AgentPod.Life.Ended;
        }
        if (ready(pod).filter(condition -> "True".equals(condition.getStatus())).isPresent()) {
            return AgentPod.Life.Ready;
        }
        return everReady ? AgentPod.Life.Unready : AgentPod.Life.Starting;
    }

    /** A pod that was never ready was found not ready before its container started. */
    private static boolean everReady(Pod pod) {
        return ready(pod)
                .filter(condition -> "True".equals(condition.getStatus())
                        || started(pod)
                                .filter(start -> condition.getLastTransitionTime() != null
                                        && Instant.parse(condition.getLastTransitionTime())
                                                .isAfter(start))
                                .isPresent())
                .isPresent();
    }

    private static Optional<PodCondition> ready(Pod pod) {
        return pod.getStatus().getConditions().stream()
                .filter(condition -> "Ready".equals(condition.getType()))
                .findFirst();
    }

    private static Optional<Instant> started(Pod pod) {
        return container(pod)
                .map(ContainerStatus::getState)
                .flatMap(state -> Optional.ofNullable(state.getRunning())
                        .map(running -> running.getStartedAt())
                        .or(() -> Optional.ofNullable(state.getTerminated()).map(end -> end.getStartedAt()))
                        .map(Instant::parse));
    }

    private static String failure(Pod pod) {
        Optional<String> terminated = container(pod)
                .map(container -> container.getState().getTerminated())
                .map(end -> "exit code %d%s"
                        .formatted(
                                end.getExitCode(),
                                end.getReason() == null || end.getReason().isEmpty() ? "" : ", " + end.getReason()));
        return terminated
                .or(() -> Optional.ofNullable(pod.getStatus().getReason()))
                .orElse(Optional.ofNullable(pod.getStatus().getPhase()).orElse("unknown"));
    }

    private static Optional<ContainerStatus> container(Pod pod) {
        return Optional.ofNullable(pod.getStatus().getContainerStatuses()).orElse(List.of()).stream()
                .filter(container ->
                        AgentPodTemplate.CONTAINER.equals(container.getName()) && container.getState() != null)
                .findFirst();
    }
}
