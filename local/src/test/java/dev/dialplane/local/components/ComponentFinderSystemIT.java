package dev.dialplane.local.components;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dialplane.local.components.ComponentSet.GoBuild;
import dev.dialplane.local.progress.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With a stand-in for {@code go} that writes the programs it is asked for, and says so in a file. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ComponentFinderSystemIT {
    private static final ComponentSet SET = new ComponentSet(
            "things",
            "v1",
            "THINGS",
            List.of(
                    new GoBuild("alpha", List.of("."), "-s", "a moment"),
                    new GoBuild("beta", List.of("example.org/cmd/one", "example.org/cmd/two"), "-s", "a moment")));

    @TempDir
    Path directory;

    private final List<String> said = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void sources() throws IOException {
        Files.createDirectories(directory.resolve("sources/alpha"));
        Files.createDirectories(directory.resolve("sources/beta"));
        environment.put("HOME", directory.toString());
        environment.put("PATH", directory.resolve("bin").toString());
    }

    @Test
    void aDirectoryThatIsNamedIsTakenIfItIsWhole() throws IOException {
        Path named = Files.createDirectories(directory.resolve("named"));
        environment.put("THINGS", named.toString());
        executable(named.resolve("alpha"), "");
        executable(named.resolve("one"), "");
        assertThatThrownBy(() -> finder().find(SET))
                .isInstanceOf(ComponentsMissingException.class)
                .hasMessage("THINGS names " + named + ", which has no executable two. Put them there (v1), or unset"
                        + " the variable to have them built.");
        executable(named.resolve("two"), "");
        assertThat(finder().find(SET)).isEqualTo(named);
    }

    @Test
    void whatIsMissingIsBuiltOnceAndThenFound() throws IOException {
        go("1.26.8", "");
        Path found = finder().find(SET);
        assertThat(found.getParent()).isEqualTo(directory.resolve(".cache/dialplane/things"));
        assertThat(found.resolve("alpha")).isExecutable();
        assertThat(found.resolve("two")).isExecutable();
        assertThat(finder().find(SET)).isEqualTo(found);
        assertThat(Files.readAllLines(directory.resolve("built"))).containsExactly("alpha", "one two");
        assertThat(said).anyMatch(line -> line.contains("building alpha v1 from Go modules (a moment)"));
    }

    @Test
    void twoStartsDoNotBuildTwice() throws IOException {
        go("1.26.8", "sleep 1");
        var first = CompletableFuture.supplyAsync(() -> finder().find(SET), Thread::startVirtualThread);
        var second = CompletableFuture.supplyAsync(() -> finder().find(SET), Thread::startVirtualThread);
        assertThat(first.join()).isEqualTo(second.join());
        assertThat(Files.readAllLines(directory.resolve("built"))).containsExactly("alpha", "one two");
        assertThat(said).anyMatch(line -> line.endsWith("another start is building things: waiting for it"));
    }

    @Test
    void aBuildThatFailsLeavesNothingHalf() throws IOException {
        go("1.26.8", "echo 'no space left' >&2; exit 1");
        assertThatThrownBy(() -> finder().find(SET))
                .isInstanceOf(ComponentsMissingException.class)
                .hasMessageContaining("Building things v1 from Go modules failed (exit 1)")
                .hasMessageContaining("no space left");
        try (var left = Files.walk(directory.resolve(".cache/dialplane/things"))) {
            assertThat(left.filter(Files::isRegularFile))
                    .extracting(file -> file.getFileName().toString())
                    .containsExactly(".lock");
        }
    }

    @Test
    void withoutGoOrWithAnOldOneTheMessageSaysWhatToInstall() throws IOException {
        go("1.19.8", "");
        // /usr/local/go is looked at too, where it is new enough the build goes on with it.
        org.junit.jupiter.api.Assumptions.assumeFalse(Files.exists(Path.of("/usr/local/go/bin/go")));
        assertThatThrownBy(() -> finder().find(SET))
                .hasMessageStartingWith("Go 1.21 or newer is needed to build alpha, one, two, and ")
                .hasMessageContaining("go version go1.19.8")
                .hasMessageEndingWith("or set THINGS to a directory that has these programs, version v1.");
    }

    private ComponentFinder finder() {
        Progress progress = new Progress(said::add, System::nanoTime);
        return new ComponentFinder(
                environment, directory.resolve("sources"), new GoToolchain(environment, progress), progress);
    }

    private void go(String version, String atBuild) throws IOException {
        Files.createDirectories(directory.resolve("bin"));
        executable(directory.resolve("bin/go"), """
                if [ "$1" = version ]; then echo go version go%s linux/amd64; exit; fi
                while [ "$1" != -o ]; do shift; done
                into=$2; shift 2
                %s
                names=
                for p in "$@"; do
                  name=$(basename "$p"); [ "$p" = . ] && name=$(basename "$PWD")
                  printf '#!/bin/sh\\n' > "$into$name"; chmod +x "$into$name"; names="$names $name"
                done
                echo $names >> %s
                """.formatted(version, atBuild, directory.resolve("built")));
    }

    private static void executable(Path file, String script) throws IOException {
        Files.writeString(file, "#!/bin/sh\nPATH=/usr/bin:/bin\n" + script);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }
}
