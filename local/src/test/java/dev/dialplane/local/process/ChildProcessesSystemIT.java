package dev.dialplane.local.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ChildProcessesSystemIT {
    @TempDir
    Path directory;

    @Test
    void childrenDieWithAParentThatIsKilled() throws IOException {
        Process parent = parent();
        List<ProcessLedger.Entry> alive = ProcessLedger.alive(directory.resolve("pids"));
        assertThat(alive).extracting(ProcessLedger.Entry::name).containsExactly("parent", "child_0", "child_1");
        parent.destroyForcibly();
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(alive).noneMatch(ProcessLedger.Entry::isAlive));
    }

    @Test
    void whatALedgerListsCanBeEndedLater() throws IOException, InterruptedException {
        parent();
        List<ProcessLedger.Entry> alive = ProcessLedger.alive(directory.resolve("pids"));
        List<String> said = new ArrayList<>();
        assertThat(ProcessLedger.endAll(directory.resolve("pids"), Duration.ofSeconds(10), said::add))
                .isEqualTo(3);
        assertThat(alive).noneMatch(ProcessLedger.Entry::isAlive);
        assertThat(said).anyMatch(line -> line.startsWith("asking parent (pid "));
    }

    private Process parent() throws IOException {
        Process parent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ParentOfChildren.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(parent.inputReader().readLine()).isEqualTo("started");
        return parent;
    }

    @Test
    void aProcessWithAnotherStartTimeIsNotTheRecordedOne() throws IOException {
        Path file = directory.resolve("pids");
        ProcessLedger.create(file).record(ProcessHandle.current().pid(), "me");
        assertThat(ProcessLedger.alive(file)).hasSize(1);
        String lines = Files.readString(file);
        long ticks = ProcessLedger.alive(file).getFirst().startTicks();
        Files.writeString(file, lines.replace(" " + ticks + " ", " " + (ticks + 1) + " "));
        assertThat(ProcessLedger.alive(file)).isEmpty();
        Files.writeString(file, lines.replaceFirst("boot .*", "boot another"));
        assertThat(ProcessLedger.alive(file)).isEmpty();
    }

    @Test
    void aChildHasOnlyTheEnvironmentItIsGivenAndItsOutputIsLogged() throws IOException {
        Child child = children().start(launch("env; echo err >&2; exit 7", Map.of("ONLY", "this")));
        assertThat(child.exit().join()).isEqualTo(7);
        assertThat(Files.readAllLines(directory.resolve("log")))
                .contains("ONLY=this", "err")
                .noneMatch(line -> line.startsWith("HOME=") || line.startsWith("JAVA_HOME="));
    }

    @Test
    void whatAChildLeavesBehindIsKilledWithIt() throws IOException {
        Child child = children().start(launch("sleep 1000 & echo $!", Map.of("PATH", "/usr/bin:/bin")));
        assertThat(child.exit().join()).isZero();
        long left = Long.parseLong(Files.readString(directory.resolve("log")).strip());
        await().atMost(Duration.ofSeconds(5)).until(() -> ProcessHandle.of(left).isEmpty());
    }

    @Test
    void aProgramThatDoesNotExistIsAnError() {
        assertThatThrownBy(() -> children()
                        .start(new Launch(
                                "nothing", List.of("/no/such/program"), Map.of(), directory, directory.resolve("log"))))
                .isInstanceOf(IOException.class)
                .hasMessage("nothing: /no/such/program is not an executable file");
    }

    private ChildProcesses children() throws IOException {
        return new ChildProcesses(ProcessLedger.create(directory.resolve("pids")));
    }

    private Launch launch(String script, Map<String, String> environment) {
        return new Launch("script", List.of("/bin/sh", "-c", script), environment, directory, directory.resolve("log"));
    }
}
