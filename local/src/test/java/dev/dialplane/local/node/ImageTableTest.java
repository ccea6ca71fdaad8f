package dev.dialplane.local.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageTableTest {
    private static final ImageTable TABLE = new ImageTable(Map.of(
            "dialplane/gateway", new ImageTable.Entry(List.of("gateway"), Map.of()),
            "host:5000/x", new ImageTable.Entry(List.of("ported"), Map.of()),
            "exact:1", new ImageTable.Entry(List.of("tagged"), Map.of())));

    @ParameterizedTest
    @CsvSource({
        "dialplane/gateway, gateway",
        "dialplane/gateway:0.1, gateway",
        "dialplane/gateway@sha256:00, gateway",
        "dialplane/gateway:0.1@sha256:00, gateway",
        "host:5000/x, ported",
        "host:5000/x:7, ported",
        "exact:1, tagged",
        "exact:2,",
        "other/gateway,",
    })
    void anImageIsFoundWithOrWithoutItsTagOrDigest(String image, String program) {
        assertThat(TABLE.find(image).map(entry -> entry.command().getFirst()).orElse(null))
                .isEqualTo(program);
    }
}
