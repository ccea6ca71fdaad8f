package dev.dialplane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dialplane.local.components.Checkout;
import dev.dialplane.local.containers.OwnNamespaces;
import dev.dialplane.local.files.Trees;
import dev.dialplane.local.process.ProcessLedger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The chart in containers, by a real kubelet: each test of {@link ChartInContainers}, and what is left afterwards. */
class ContainersSystemIT {
    private static final Path OUT = Path.of("target/ContainersSystemIT").toAbsolutePath();
    private static final Path RESULTS = OUT.resolve("results");
    private static final List<Path> SETTINGS = Stream.of(
                    "vm/overcommit_memory",
                    "vm/panic_on_oom",
                    "kernel/panic",
                    "kernel/panic_on_oops",
                    "kernel/keys/root_maxkeys",
                    "kernel/keys/root_maxbytes",
                    "net/ipv4/ip_forward",
                    "net/netfilter/nf_conntrack_max")
            .map(Path.of("/proc/sys")::resolve)
            .filter(Files::exists)
            .toList();

    private static Map<String, List<String>> before;

    @BeforeAll
    static void run() throws Exception {
        assumeTrue(
                System.getProperty("os.name").equals("Linux") && "root".equals(System.getProperty("user.name")),
                "containers need Linux and root");
        assumeTrue(
                "1".equals(System.getenv("DIALPLANE_TEST_CONTAINERS")),
                "takes eight minutes, and on two cores answers are seconds late while all processes start anew;"
                        + " set DIALPLANE_TEST_CONTAINERS=1");
        Path checkout = Checkout.root();
        Trees.delete(OUT);
        Files.createDirectories(RESULTS);
        Process images = new ProcessBuilder(
                        checkout.resolve("local/src/main/bash/prepare-containers")
                                .toString(),
                        "false")
                .inheritIO()
                .start();
        assertThat(images.waitFor()).as("prepare-containers").isZero();
        before = machine();
        String cgroup = "/dialplane-e2e-" + ProcessHandle.current().pid();
        OwnNamespaces.run(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-D" + InsideMain.CGROUP + "=" + cgroup,
                        "-cp",
                        System.getProperty("java.class.path"),
                        InsideMain.class.getName(),
                        RESULTS.toString()),
                cgroup,
                ProcessLedger.create(OUT.resolve("pids")));
    }

    @AfterAll
    static void removeWhatContainersHad() throws IOException {
        Trees.delete(OUT.resolve("run/cluster"));
    }

    @TestFactory
    Stream<DynamicTest> inside() throws IOException {
        assertThat(RESULTS.resolve("set-up")).doesNotExist();
        return Arrays.stream(ChartInContainers.class.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(Test.class))
                .map(method -> DynamicTest.dynamicTest(
                        method.getName(),
                        () -> assertThat(RESULTS.resolve(method.getName()))
                                .exists()
                                .isEmptyFile()));
    }

    @Test
    void nothing_is_left_of_it() throws IOException {
        assertThat(machine()).isEqualTo(before);
    }

    /** What a cluster could leave behind. */
    private static Map<String, List<String>> machine() throws IOException {
        Map<String, List<String>> found = new LinkedHashMap<>();
        found.put("mounts", Files.readAllLines(Path.of("/proc/self/mounts")));
        found.put("devices", children(Path.of("/sys/class/net")));
        found.put("cgroups", cgroups());
        found.put("containers", processes());
        for (Path setting : SETTINGS) {
            found.put(setting.toString(), Files.readAllLines(setting));
        }
        return found;
    }

    private static List<String> cgroups() throws IOException {
        try (var all = Files.find(
                Path.of("/sys/fs/cgroup"),
                2,
                (path, attributes) -> attributes.isDirectory()
                        && path.getFileName().toString().startsWith("dialplane"))) {
            return all.map(Path::toString).sorted().toList();
        }
    }

    private static List<String> processes() {
        return ProcessHandle.allProcesses()
                .map(process -> process.info().command().orElse(""))
                .filter(command -> command.matches(".*/(containerd[^/]*|kubelet|kube-proxy|coredns|pause)"))
                .toList();
    }

    private static List<String> children(Path directory) throws IOException {
        try (var all = Files.list(directory)) {
            return all.map(Path::toString).sorted().toList();
        }
    }
}
