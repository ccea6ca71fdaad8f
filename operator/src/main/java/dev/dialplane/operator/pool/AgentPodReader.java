package dev.dialplane.operator.pool;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads of a pod what the operator needs. */
final class AgentPodReader {

    /** A kubelet's words for a container that will hardly start until somebody mends something. */
    private static final Set<String> HOPELESS = Set.of(
            "ErrImagePull",
            "ImagePullBackOff",
            "InvalidImageName",
            "ErrImageNeverPull",
            "CreateContainerConfigError",
            "CreateContainerError",
            "RunContainerError");

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
                life == AgentPod.Life.Ended ? failure(pod) : "",
                signs(pod));
    }

    private static AgentPod.Signs signs(Pod pod) {
        Optional<PodCondition> scheduled = condition(pod, "PodScheduled");
        Instant created = Instant.parse(pod.getMetadata().getCreationTimestamp());
        String node = pod.getSpec().getNodeName();
        boolean placed = node != null && !node.isEmpty();
        String deletion = pod.getMetadata().getDeletionTimestamp();
        return new AgentPod.Signs(
                ready(pod).flatMap(AgentPodReader::since).orElse(created),
                placed ? scheduled.flatMap(AgentPodReader::since).orElse(created) : null,
                scheduled
                        .filter(condition -> !placed && "Unschedulable".equals(condition.getReason()))
                        .map(condition -> String.valueOf(condition.getMessage()))
                        .orElse(""),
                container(pod)
                        .map(container -> container.getState().getWaiting())
                        .filter(waiting -> HOPELESS.contains(String.valueOf(waiting.getReason())))
                        .map(waiting ->
                                waiting.getReason() + (waiting.getMessage() == null ? "" : ": " + waiting.getMessage()))
                        .orElse(""),
                // The API server adds the grace period to it.
                deletion == null ? null : Instant.parse(deletion));
    }

    private static AgentPod.Life life(Pod pod, boolean everReady) {
        String phase = Optional.ofNullable(pod.getStatus().getPhase()).orElse("");
        if (phase.equals("Succeeded") || phase.equals("Failed") || agentEnded(pod)) {
            return AgentPod.Life.Ended;
        }
        if (ready(pod).filter(condition -> "True".equals(condition.getStatus())).isPresent()) {
            return AgentPod.Life.Ready;
        }
        return everReady ? AgentPod.Life.Unready : AgentPod.Life.Starting;
    }

    /** A container that somebody put beside it, a service mesh's for instance, may go on for ever. */
    private static boolean agentEnded(Pod pod) {
        return container(pod)
                .filter(container -> container.getState().getTerminated() != null)
                .isPresent();
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
        return condition(pod, "Ready");
    }

    private static Optional<PodCondition> condition(Pod pod, String type) {
        return pod.getStatus().getConditions().stream()
                .filter(condition -> type.equals(condition.getType()))
                .findFirst();
    }

    private static Optional<Instant> since(PodCondition condition) {
        return Optional.ofNullable(condition.getLastTransitionTime()).map(Instant::parse);
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
