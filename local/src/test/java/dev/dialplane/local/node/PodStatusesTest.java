package dev.dialplane.local.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.local.node.ContainerView.Ended;
import dev.dialplane.local.node.ContainerView.Running;
import dev.dialplane.local.node.ContainerView.State;
import dev.dialplane.local.node.ContainerView.Waiting;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodStatusesTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");
    private static final Instant LATER = NOW.plusSeconds(60);

    /** Containers: w waiting, c waiting after a crash, r running, R ready, 0 ended well, 1 ended badly. */
    @ParameterizedTest
    @CsvSource({
        "Always, w, Pending",
        "Always, rw, Pending",
        "Always, r, Running",
        "Always, c, Running",
        "Always, Rc, Running",
        "Always, 01, Running",
        "OnFailure, 0, Succeeded",
        "OnFailure, 0R, Running",
        "OnFailure, 1, Running",
        "Never, 00, Succeeded",
        "Never, 01, Failed",
        "Never, 1R, Running",
    })
    void containersMakeThePhase(String policy, String containers, String phase) {
        assertThat(PodStatuses.phase(policy, views(containers))).isEqualTo(phase);
    }

    @Test
    void aPodIsReadyWhenEveryContainerAndEveryGateIs() {
        assertThat(ready("RR")).isEqualTo("True");
        assertThat(ready("Rr")).isEqualTo("False");
        Pod gated = new PodBuilder(pod())
                .editSpec()
                .addNewReadinessGate("example.org/gate")
                .endSpec()
                .build();
        PodStatus status = status(gated, "R", Optional.empty(), NOW);
        assertThat(condition(status, "ContainersReady").getStatus()).isEqualTo("True");
        assertThat(condition(status, "Ready").getReason()).isEqualTo("ReadinessGatesNotReady");
        gated.setStatus(new io.fabric8.kubernetes.api.model.PodStatusBuilder()
                .addNewCondition()
                .withType("example.org/gate")
                .withStatus("True")
                .endCondition()
                .build());
        assertThat(condition(status(gated, "R", Optional.empty(), NOW), "Ready").getStatus())
                .isEqualTo("True");
    }

    private static String ready(String containers) {
        return condition(status(pod(), containers, Optional.empty(), NOW), "Ready")
                .getStatus();
    }

    @Test
    void aTransitionTimeMovesOnlyWhenTheConditionFlips() {
        PodStatus unready = status(pod(), "r", Optional.empty(), NOW);
        PodStatus still = status(pod(), "r", Optional.of(unready), LATER);
        assertThat(still).isEqualTo(unready);
        PodStatus ready = status(pod(), "R", Optional.of(still), LATER);
        assertThat(condition(ready, "Ready").getLastTransitionTime()).isEqualTo("2026-01-02T03:05:05Z");
        assertThat(condition(ready, "Initialized").getLastTransitionTime()).isEqualTo("2026-01-02T03:04:05Z");
    }

    @Test
    void unreadyContainersAreNamed() {
        assertThat(condition(status(pod(), "rR", Optional.empty(), NOW), "ContainersReady"))
                .satisfies(condition -> {
                    assertThat(condition.getReason()).isEqualTo("ContainersNotReady");
                    assertThat(condition.getMessage()).isEqualTo("containers with unready status: [c0]");
                });
    }

    @Test
    void howAContainerEndedIsTold() {
        var ended = status(pod(), "1", Optional.empty(), NOW)
                .getContainerStatuses()
                .getFirst()
                .getState()
                .getTerminated();
        assertThat(ended.getExitCode()).isEqualTo(1);
        assertThat(ended.getReason()).isEqualTo("Error");
        assertThat(ended.getFinishedAt()).isEqualTo("2026-01-02T03:04:05Z");
        var crashed =
                status(pod(), "c", Optional.empty(), NOW).getContainerStatuses().getFirst();
        assertThat(crashed.getRestartCount()).isEqualTo(1);
        assertThat(crashed.getState().getWaiting().getReason()).isEqualTo("CrashLoopBackOff");
        assertThat(crashed.getLastState().getTerminated().getExitCode()).isEqualTo(1);
    }

    private static PodStatus status(Pod pod, String containers, Optional<PodStatus> before, Instant now) {
        return PodStatuses.of(
                pod,
                new PodStatuses.Facts(
                        views(containers), Optional.of("127.77.1.1"), Optional.empty(), before, NOW, now));
    }

    private static PodCondition condition(PodStatus status, String type) {
        return status.getConditions().stream()
                .filter(condition -> condition.getType().equals(type))
                .findFirst()
                .orElseThrow();
    }

    private static Pod pod() {
        return new PodBuilder()
                .withNewSpec()
                .withRestartPolicy("Never")
                .endSpec()
                .build();
    }

    private static List<ContainerView> views(String containers) {
        ContainerView[] views = new ContainerView[containers.length()];
        Ended badly = new Ended(1, "Error", "", NOW, NOW, 9);
        Arrays.setAll(views, i -> {
            char kind = containers.charAt(i);
            State state = switch (kind) {
                case 'w' -> new Waiting("ContainerCreating", "");
                case 'c' -> new Waiting("CrashLoopBackOff", "");
                case 'r' -> new Running(7, NOW, true, false);
                case 'R' -> new Running(7, NOW, true, true);
                case '0' -> new Ended(0, "Completed", "", NOW, NOW, 7);
                default -> badly;
            };
            return new ContainerView(
                    "c" + i, "image", state, kind == 'c' ? Optional.of(badly) : Optional.empty(), kind == 'c' ? 1 : 0);
        });
        return List.of(views);
    }
}
