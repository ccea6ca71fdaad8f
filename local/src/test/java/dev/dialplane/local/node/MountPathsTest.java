package dev.dialplane.local.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MountPathsTest {
    private static final MountPaths MOUNTS = MountPaths.of(Map.of(
            "/etc/app", Path.of("/pod/config"),
            "/etc/app/keys", Path.of("/pod/keys"),
            "/data/", Path.of("/pod/data")));

    @ParameterizedTest
    @CsvSource({
        "/etc/app, /pod/config",
        "/etc/app/a/b, /pod/config/a/b",
        "/etc/app/keys, /pod/keys",
        "/etc/app/keys/k, /pod/keys/k",
        "/etc/application, /etc/application",
        "/data, /pod/data",
        "/data/x, /pod/data/x",
        "see /etc/app, see /etc/app",
        "'', ''",
    })
    void aValueThatBeginsWithAMountPathLeadsToTheRealDirectory(String value, String expected) {
        assertThat(MOUNTS.rewriteValue(value)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "--file=/etc/app/keys/k, --file=/pod/keys/k",
        "/data/x=/etc/app, /pod/data/x=/etc/app",
        "--a=b=/etc/app, --a=b=/etc/app",
        "--file, --file",
    })
    void anArgumentIsLookedAtBehindItsEqualsSignToo(String argument, String expected) {
        assertThat(MOUNTS.rewriteArgument(argument)).isEqualTo(expected);
    }

    @Test
    void withoutMountsNothingChanges() {
        assertThat(MountPaths.of(Map.of()).rewriteValue("/etc/app")).isEqualTo("/etc/app");
    }
}
