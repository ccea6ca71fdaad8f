package dev.dialplane.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemLibrariesTest {
    @TempDir
    Path root;

    @Test
    void linksAreFollowedSoThatAnImageHoldsFiles() throws IOException {
        SystemLibraries.copy(List.of("libc.so.6", "libz.so.1"), root);

        try (var files = Files.walk(root)) {
            assertThat(files.filter(path -> !Files.isDirectory(path)))
                    .hasSize(3)
                    .allSatisfy(file -> {
                        assertThat(file).isRegularFile();
                        assertThat(Files.isSymbolicLink(file)).isFalse();
                        assertThat(Files.getLastModifiedTime(file).toInstant()).isEqualTo(Staging.TIME);
                    });
        }
    }

    @Test
    void aLibraryThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> SystemLibraries.copy(List.of("libnowhere.so.9"), root))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("libnowhere.so.9");
    }
}
