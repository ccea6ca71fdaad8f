package dev.dialplane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.local.components.Checkout;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code e2e/kind/run} does where there is no Docker: its programs are stand-ins that write down how they are called. */
class KindScriptTest {
    @TempDir
    Path checkout;

    private Path programs;
    private Path calls;

    @BeforeEach
    void standIns() throws IOException {
        programs = Files.createDirectories(checkout.resolve("bin"));
        calls = checkout.resolve("calls");
        for (String program : List.of("docker", "kind", "kubectl", "helm")) {
            executable(programs.resolve(program), "echo \"" + program + " $*\" >>" + calls);
        }
        executable(checkout.resolve("jdk/bin/java"), "echo \"java $*\" >>" + calls);
        executable(checkout.resolve("kubectl/kubectl-dialplane"), "echo \"dialplane $*\" >>" + calls);
        Path script = checkout.resolve("e2e/kind/run");
        Files.createDirectories(script.getParent());
        Files.copy(Checkout.root().resolve("e2e/kind/run"), script);
        executable(checkout.resolve("local/src/main/bash/prelude.sh"), """
                root=%s; cd "$root"
                say() { :; }
                die() { printf '%%s\\n' "$*" >&2; exit 1; }
                find_jdk() { export JAVA_HOME=$root/jdk; }
                build() { :; }
                """.formatted(checkout));
    }

    private static void executable(Path file, String body) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/usr/bin/env bash\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void itInstallsCallsUpgradesInMidCallUninstallsAndRemovesTheCluster() throws Exception {
        Result result = run();

        assertThat(result.exit).as(result.printed).isZero();
        List<String> made = Files.readAllLines(calls);
        assertThat(made).filteredOn(call -> call.startsWith("kind load")).hasSize(4);
        assertThat(made.stream()
                        .map(call -> String.join(" ", List.of(call.split(" ")).subList(0, 2))))
                .containsSubsequence(
                        "kind create",
                        "kind load",
                        "helm install",
                        "dialplane status",
                        "dialplane call",
                        "helm uninstall",
                        "kind delete")
                .contains("helm upgrade");
        assertThat(made).filteredOn(call -> call.startsWith("dialplane call")).hasSize(2);
    }

    @Test
    void whenAStepFailsTheClusterIsRemovedAndItSaysSo() throws Exception {
        executable(programs.resolve("helm"), "echo \"helm $*\" >>" + calls + "; exit 3");

        Result result = run();

        assertThat(result.exit).isEqualTo(3);
        assertThat(Files.readAllLines(calls))
                .noneMatch(call -> call.startsWith("dialplane"))
                .last()
                .asString()
                .startsWith("kind delete cluster");
    }

    @Test
    void withoutDockerItSaysWhatIsMissing() throws Exception {
        executable(programs.resolve("docker"), "exit 1");

        Result result = run();

        assertThat(result.exit).isEqualTo(1);
        assertThat(result.printed).contains("Docker does not answer");
        assertThat(calls).doesNotExist();
    }

    private record Result(int exit, String printed) {}

    private Result run() throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder("bash", checkout.resolve("e2e/kind/run").toString()).redirectErrorStream(true);
        builder.environment().put("PATH", programs + ":/usr/bin:/bin");
        Process script = builder.start();
        String printed = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(script.waitFor(), printed);
    }
}
