package dev.dialplane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.local.components.ComponentFinder;
import dev.dialplane.local.components.ComponentSet;
import dev.dialplane.local.progress.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The protobuf contracts keep to their style, and only grow. */
class ContractsSystemIT {
    private static final Path CONTRACTS =
            Path.of("../contracts").toAbsolutePath().normalize();

    @Test
    void the_contracts_pass_buf_lint() throws Exception {
        assertThat(buf(CONTRACTS, "lint")).as("findings of buf lint").isEmpty();
    }

    @Test
    void nothing_released_was_changed_or_removed() throws Exception {
        assertThat(buf(CONTRACTS, "breaking", "--against", "released.binpb"))
                .as("breaking changes against contracts/released.binpb")
                .isEmpty();
    }

    @Test
    void a_changed_field_number_is_found(@TempDir Path copy) throws Exception {
        try (Stream<Path> files = Files.walk(CONTRACTS.resolve("src"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = copy.resolve(CONTRACTS.relativize(file));
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
        Files.copy(CONTRACTS.resolve("buf.yaml"), copy.resolve("buf.yaml"));
        Path call = copy.resolve("src/main/proto/dialplane/common/v1/call.proto");
        Files.writeString(call, Files.readString(call).replace("uint32 attempt = 2;", "uint32 attempt = 3;"));

        assertThat(buf(
                        copy,
                        "breaking",
                        "--against",
                        CONTRACTS.resolve("released.binpb").toString()))
                .contains("attempt");
    }

    private static String buf(Path directory, String... arguments) throws Exception {
        Path program = ComponentFinder.ofThisMachine(Progress.to(System.err))
                .find(ComponentSet.BUF)
                .resolve("buf");
        Process process = new ProcessBuilder(Stream.concat(Stream.of(program.toString()), List.of(arguments).stream())
                        .toList())
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return output;
    }
}
