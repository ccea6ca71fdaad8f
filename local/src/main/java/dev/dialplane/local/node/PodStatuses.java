package dev.dialplane.local.node;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.HostIP;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a pod's status says, as the kubelet would say it. */
final class PodStatuses {
    private PodStatuses() {}

    /**
     * All that goes into a status besides the pod itself.
     *
     * @param address the pod's address, once it has one
     * @param override a phase and reason of the pod as a whole, such as Failed because a field is not supported
     * @param before the status that was made last, whose transition times are kept
     * @param acceptedAt when this node saw the pod first
     */
    record Facts(
            List<ContainerView> containers,
            Optional<String> address,
            Optional<Override> override,
            Optional<PodStatus> before,
            Instant acceptedAt,
            Instant now) {}

    /** A phase with a reason of the pod as a whole. */
    record Override(String phase, String reason, String message) {}

    /** The status of a pod; conditions that others set are not part of it. */
    static PodStatus of(Pod pod, Facts facts) {
        String phase = facts.override()
                .map(Override::phase)
                .orElseGet(() -> phase(pod.getSpec().getRestartPolicy(), facts.containers()));
        PodStatusBuilder status = new PodStatusBuilder()
                .withPhase(phase)
                .withStartTime(time(facts.acceptedAt()))
                .withHostIP(LocalNode.HOST_ADDRESS)
                .withHostIPs(new HostIP(LocalNode.HOST_ADDRESS))
                .withConditions(conditions(pod, phase, facts))
                .withContainerStatuses(facts.containers().stream()
                        .map(PodStatuses::containerStatus)
                        .toList());
        facts.address().ifPresent(address -> status.withPodIP(address).withPodIPs(new PodIP(address)));
        facts.override()
                .ifPresent(override -> status.withReason(override.reason()).withMessage(override.message()));
        return status.build();
    }

    /** The phase that containers make, by <a href="https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-phase">
     * the pod's life cycle</a>. */
    static String phase(String restartPolicy, List<ContainerView> containers) {
        if (containers.stream().anyMatch(container -> !container.everRan())) {
            return "Pending";
        }
        if (!containers.stream().allMatch(ContainerView::isOver)) {
            return "Running";
        }
        if (restartPolicy.equals("Always")) {
            return "Running";
        }
        boolean allWell = containers.stream()
                .allMatch(container -> container.state() instanceof ContainerView.Ended ended && ended.exitCode() == 0);
        if (allWell) {
            return "Succeeded";
        }
        return restartPolicy.equals("Never") ? "Failed" : "Running";
    }

    private static List<PodCondition> conditions(Pod pod, String phase, Facts facts) {
        boolean over = phase.equals("Succeeded") || phase.equals("Failed");
        String unready = facts.containers().stream()
                .filter(container -> !container.isReady())
                .map(ContainerView::name)
                .collect(Collectors.joining(" "));
        boolean containersReady = !over && unready.isEmpty();
        String reason = over ? (phase.equals("Succeeded") ? "PodCompleted" : "PodFailed") : "ContainersNotReady";
        String message = over ? "" : "containers with unready status: [" + unready + "]";
        Optional<PodStatus> before = facts.before().or(() -> Optional.ofNullable(pod.getStatus()));
        List<PodCondition> conditions = new ArrayList<>();
        conditions.add(condition(before, "PodScheduled", true, "", "", facts.now()));
        conditions.add(condition(before, "Initialized", true, "", "", facts.now()));
        conditions.add(condition(before, "ContainersReady", containersReady, reason, message, facts.now()));
        List<String> gates = pod.getSpec().getReadinessGates().stream()
                .map(gate -> gate.getConditionType())
                .filter(type -> existing(Optional.ofNullable(pod.getStatus()), type)
                        .filter(condition -> condition.getStatus().equals("True"))
                        .isEmpty())
                .toList();
        boolean ready = containersReady && gates.isEmpty();
        conditions.add(condition(
                before,
                "Ready",
                ready,
                containersReady ? "ReadinessGatesNotReady" : reason,
                containersReady ? "readiness gates not true: " + gates : message,
                facts.now()));
        return conditions;
    }

    private static PodCondition condition(
            Optional<PodStatus> before, String type, boolean holds, String reason, String message, Instant now) {
        String status = holds ? "True" : "False";
        String since = existing(before, type)
                .filter(condition -> condition.getStatus().equals(status))
                .map(PodCondition::getLastTransitionTime)
                .orElse(time(now));
        PodConditionBuilder builder =
                new PodConditionBuilder().withType(type).withStatus(status).withLastTransitionTime(since);
        if (!holds) {
            builder.withReason(reason);
            builder.withMessage(message.isEmpty() ? null : message);
        }
        return builder.build();
    }

    private static Optional<PodCondition> existing(Optional<PodStatus> status, String type) {
        return status.flatMap(present -> present.getConditions().stream()
                .filter(condition -> condition.getType().equals(type))
                .findFirst());
    }

    private static ContainerStatus containerStatus(ContainerView view) {
        ContainerStatusBuilder status = new ContainerStatusBuilder()
                .withName(view.name())
                .withImage(view.image())
                .withImageID(view.image())
                .withRestartCount(view.restarts())
                .withReady(view.isReady())
                .withStarted(view.state() instanceof ContainerView.Running running && running.started())
                .withState(state(view.state()));
        containerId(view).ifPresent(status::withContainerID);
        view.last().ifPresent(last -> status.withLastState(state(last)));
        return status.build();
    }

    private static Optional<String> containerId(ContainerView view) {
        return switch (view.state()) {
            case ContainerView.Running running -> Optional.of(id(running.pid()));
            case ContainerView.Ended ended -> Optional.of(id(ended.pid()));
            case ContainerView.Waiting _ -> view.last().map(last -> id(last.pid()));
        };
    }

    private static String id(long pid) {
        return "process://" + pid;
    }

    private static ContainerState state(ContainerView.State state) {
        ContainerStateBuilder builder = new ContainerStateBuilder();
        switch (state) {
            case ContainerView.Waiting waiting ->
                builder.withNewWaiting(waiting.message().isEmpty() ? null : waiting.message(), waiting.reason());
            case ContainerView.Running running ->
                builder.withNewRunning().withStartedAt(time(running.since())).endRunning();
            case ContainerView.Ended ended ->
                builder.withNewTerminated()
                        .withExitCode(ended.exitCode())
                        .withReason(ended.reason())
                        .withMessage(ended.message().isEmpty() ? null : ended.message())
                        .withStartedAt(time(ended.startedAt()))
                        .withFinishedAt(time(ended.finishedAt()))
                        .withContainerID(id(ended.pid()))
                        .endTerminated();
        }
        return builder.build();
    }

    /** Times of the API have no fractions of a second. */
    static String time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
