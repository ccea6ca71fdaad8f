package dev.dialplane.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.operator.pool.CreationPace.Limit;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class CreationPacesTest {

    private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
    private static final Limit LIMIT = new Limit(30, 100);

    private CreationPaces paces = CreationPaces.rested();
    private final Map<String, Integer> created = new HashMap<>();

    @Test
    void aloneANamespaceHasAllOfThePace() {
        everyTenMillis(0, 60_000, 50, "flood");

        assertThat(created).containsEntry("flood", 100 + 60 * 30);
    }

    @Test
    void afterARestItHasTheBurstAgain() {
        everyTenMillis(0, 5_000, 50, "flood");
        created.clear();

        everyTenMillis(20_000, 20_000, 200, "flood");

        assertThat(created).containsEntry("flood", 100);
    }

    @Test
    void aFloodInOneNamespaceLeavesEachOtherItsPart() {
        everyTenMillis(0, 30_000, 50, "flood");
        created.clear();

        CreationPaces.Granted first = take(30_000, "quiet", 40);
        everyTenMillis(30_010, 40_000, 50, "flood", "quiet");

        assertThat(first.pods()).as("its first pods wait for nobody").isEqualTo(40);
        assertThat(created.get("quiet")).isCloseTo(50 + 150, Offset.offset(15));
        assertThat(created.get("flood")).isCloseTo(150, Offset.offset(15));
    }

    @Test
    void fiftyFloodsTogetherAreNoFasterThanTheLimitButForTheirBeginnings() {
        String[] namespaces = new String[50];
        for (int i = 0; i < namespaces.length; i++) {
            namespaces[i] = "flood-" + i;
        }
        everyTenMillis(0, 5_000, 50, namespaces);
        created.clear();

        everyTenMillis(5_010, 65_000, 50, namespaces);

        assertThat(created.values().stream().mapToInt(Integer::intValue).sum())
                .isLessThanOrEqualTo(60 * 30 + namespaces.length);
        assertThat(created.values()).allSatisfy(pods -> assertThat(pods).isBetween(30, 40));
    }

    @Test
    void whoDoesNotAskIsForgotten() {
        everyTenMillis(0, 100, 1, "a", "b", "c");

        take(60_000, "d", 1);

        assertThat(paces.asked()).containsOnlyKeys("d");
    }

    private void everyTenMillis(long from, long to, int wanted, String... namespaces) {
        for (long millis = from; millis <= to; millis += 10) {
            for (String namespace : List.of(namespaces)) {
                take(millis, namespace, wanted);
            }
        }
    }

    private CreationPaces.Granted take(long millis, String namespace, int wanted) {
        CreationPaces.Granted granted = paces.take(namespace, wanted, LIMIT, NOW.plusMillis(millis));
        paces = granted.after();
        created.merge(namespace, granted.pods(), Integer::sum);
        return granted;
    }
}
