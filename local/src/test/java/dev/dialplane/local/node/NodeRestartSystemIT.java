package dev.dialplane.local.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
class NodeRestartSystemIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    @Test
    void noProcessOutlivesTheNodeAndItsNextLifeAdoptsNone() throws IOException {
        try (NodeFixture fixture = new NodeFixture(directory)) {
            fixture.create("always", "Always", "exec sleep 1000", pod -> pod);
            fixture.create("never", "Never", "exec sleep 1000", pod -> pod);
            await().atMost(PATIENCE).until(() -> running(fixture, "always") && running(fixture, "never"));
            long always = pid(fixture, "always");
            long never = pid(fixture, "never");

            fixture.node.close();
            assertThat(ProcessHandle.of(always)).isEmpty();
            assertThat(ProcessHandle.of(never)).isEmpty();

            fixture.node = fixture.startNode();
            await().atMost(PATIENCE)
                    .until(() -> fixture.get("never").getStatus().getPhase().equals("Failed"));
            assertThat(status(fixture, "never").getState().getTerminated().getReason())
                    .isEqualTo("ContainerStatusUnknown");
            await().atMost(PATIENCE)
                    .until(() -> running(fixture, "always")
                            && status(fixture, "always").getRestartCount() == 1);
            assertThat(pid(fixture, "always")).isNotEqualTo(always);
        }
    }

    private static boolean running(NodeFixture fixture, String pod) {
        return !fixture.get(pod).getStatus().getContainerStatuses().isEmpty()
                && status(fixture, pod).getState().getRunning() != null;
    }

    private static long pid(NodeFixture fixture, String pod) {
        return Long.parseLong(status(fixture, pod).getContainerID().substring("process://".length()));
    }

    private static ContainerStatus status(NodeFixture fixture, String pod) {
        return fixture.get(pod).getStatus().getContainerStatuses().getFirst();
    }
}
