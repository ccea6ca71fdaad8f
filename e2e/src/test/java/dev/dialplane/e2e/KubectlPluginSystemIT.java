package dev.dialplane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dialplane.local.caller.CallRequest;
import dev.dialplane.local.caller.CallResult;
import dev.dialplane.local.caller.speech.CallerScript;
import dev.dialplane.local.cluster.LocalCluster;
import dev.dialplane.local.install.LocalInstallation;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code kubectl dialplane}, found by kubectl on the PATH, against a whole installation. */
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class KubectlPluginSystemIT {
    private static final String NODE = "local";

    private static Dialplane<LocalInstallation> dialplane;

    @TempDir
    Path directory;

    @BeforeAll
    static void start() throws Exception {
        dialplane = Dialplane.start("KubectlPluginSystemIT");
        dialplane.awaitIdle(2);
    }

    @AfterAll
    static void stop() {
        if (dialplane != null) {
            dialplane.close();
        }
    }

    /**
     * What a command said.
     *
     * @param text both streams
     */
    private record Said(int code, String text) {}

    @Test
    void a_day_of_a_clusters_operator() throws Exception {
        assertThat(plugin("why", Dialplane.POOL).text)
                .contains("receptionist: 2 agents wanted since", "Minimum: scaling.min", "2 idle, 0 busy")
                .contains("Erlang B", "Ready True");
        assertThat(plugin("calls").text.strip().lines()).hasSize(1);

        CallRequest request = dialplane.request(CallerScript.brief());
        Future<CallResult> call = dialplane.place(request);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(plugin("calls").text)
                        .contains("Active", Dialplane.POOL, "••••••0006")
                        .doesNotContain("+15005550006"));
        String busy = dialplane.sessionsOf(request).getFirst().get("status", "agent", "podName");
        Process drain = builder("drain", NODE, "--timeout", "5m")
                .redirectOutput(directory.resolve("drain").toFile())
                .start();

        assertThat(call.get().report().cause()).isEqualTo("AgentHungUp");
        assertThat(drain.waitFor()).isZero();
        assertThat(Files.readString(directory.resolve("drain")))
                .contains("node/" + NODE + " cordoned", "on " + NODE + " still:\ndefault/" + busy + "\n")
                .contains("No agent is left on " + NODE);
        assertThat(dialplane.agents())
                .extracting(pod -> pod.getMetadata().getName())
                .doesNotContain(busy);

        kubectl("uncordon", NODE);
        dialplane.awaitIdle(2);
        Said second = plugin("call", Dialplane.POOL, "--out", directory.toString());
        assertThat(second.code).as(second.text).isZero();
        assertThat(directory.resolve("call.wav")).isNotEmptyFile();
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(plugin("status").text)
                        .containsPattern("dialplane-system +gateway +1/1")
                        .containsPattern("default +receptionist +True +\\d")
                        .containsPattern("Completed +2"));
    }

    @Test
    void what_it_does_not_understand_it_says() throws Exception {
        assertThat(plugin("wy"))
                .isEqualTo(new Said(2, "'wy' is not known; there are status, calls, why, drain and call.\n"));
        assertThat(plugin("why")).isEqualTo(new Said(2, "why needs a POOL: kubectl dialplane why POOL\n"));
        assertThat(plugin("drain", "node", "--timeout", "soon").text)
                .isEqualTo("--timeout soon is no time; allowed: a number and one of h, m and s, such as 90m\n");
        assertThat(plugin("why", "nobody").text).contains("\"nobody\" not found");
    }

    private Said plugin(String... arguments) throws Exception {
        Path output = Files.createTempFile(directory, "said", "");
        Process process = builder(arguments)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        int code = process.waitFor();
        return new Said(code, Files.readString(output));
    }

    private static ProcessBuilder builder(String... arguments) {
        List<String> command = new ArrayList<>(List.of("dialplane"));
        command.addAll(List.of(arguments));
        return command(command);
    }

    private static void kubectl(String... arguments) throws Exception {
        assertThat(command(List.of(arguments)).inheritIO().start().waitFor()).isZero();
    }

    private static ProcessBuilder command(List<String> arguments) {
        LocalCluster cluster = dialplane.installation().cluster();
        List<String> command = new ArrayList<>(List.of(cluster.kubectl().toString()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("KUBECONFIG", cluster.kubeconfig().toString());
        builder.environment()
                .merge(
                        "PATH",
                        Path.of("../kubectl").toAbsolutePath()
                                + File.pathSeparator
                                + cluster.kubectl().getParent(),
                        (path, own) -> own + File.pathSeparator + path);
        return builder;
    }
}
