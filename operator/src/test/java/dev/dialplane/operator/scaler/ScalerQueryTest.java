package dev.dialplane.operator.scaler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dialplane.operator.pool.PoolKey;
import dev.dialplane.operator.scaler.ScalerQuery.Metric;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScalerQueryTest {

    @Test
    void thePoolIsTheScaledObjectsNeighborAndKedasOwnKeysAreLeftAlone() throws Exception {
        ScalerQuery query = ScalerQuery.read(
                "clinic", Map.of("pool", "desk", "scalerAddress", "dialplane-operator:7090", "unsafeSsl", "false"));
        assertThat(query.pool()).isEqualTo(new PoolKey("clinic", "desk"));
        assertThat(query.metrics()).containsExactly(Metric.ConcurrentCalls, Metric.NeededAgents);
    }

    @Test
    void onlyTheMetricsThatAreAskedFor() throws Exception {
        assertThat(ScalerQuery.read("clinic", Map.of("pool", "desk", "metrics", " needed-agents"))
                        .metrics())
                .containsExactly(Metric.NeededAgents);
    }

    @ParameterizedTest
    @CsvSource({
        // namespace, pool, other key, its value, the field that is named
        "clinic, '',      -,         -,              scalerMetadata.pool",
        "clinic, Desk,    -,         -,              scalerMetadata.pool",
        "clinic, ../desk, -,         -,              scalerMetadata.pool",
        "clinic, a23456789012345678901234567890123456789012345678901, -, -, scalerMetadata.pool",
        "clinic, desk,    metrics,   calls,          scalerMetadata.metrics",
        "clinic, desk,    metrics,   'needed-agents,', scalerMetadata.metrics",
        "clinic, desk,    namespace, other,          scalerMetadata.namespace",
        "'',     desk,    -,         -,              namespace",
    })
    void badMetadataIsRefusedWithTheFieldsName(String namespace, String pool, String key, String value, String named) {
        Map<String, String> metadata = new HashMap<>(Map.of("pool", pool));
        if (!key.equals("-")) {
            metadata.put(key, value);
        }
        assertThatThrownBy(() -> ScalerQuery.read(namespace, metadata))
                .isInstanceOf(ScalerQuery.BadMetadataException.class)
                .hasMessageStartingWith(named + ": '");
    }
}
