package dev.dialplane.operator.scaler;

import dev.dialplane.operator.pool.PoolKey;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a ScaledObject asks: a function of its namespace and of its trigger's metadata. Keys that are not Dialplane's are
 * KEDA's own ({@code scalerAddress}, {@code caCert}, ...) and are left alone.
 *
 * @param pool which pool
 * @param metrics what of it
 */
public record ScalerQuery(PoolKey pool, Set<Metric> metrics) {

    /** The pool's name; required. */
    public static final String POOL = "pool";

    /** Which metrics, separated by commas; all when absent, of which KEDA's autoscaler takes the one that asks for most. */
    public static final String METRICS = "metrics";

    /** May be given, and then must be the ScaledObject's own. */
    public static final String NAMESPACE = "namespace";

    private static final int LONGEST_NAME = 50;

    /** What can be scaled by. */
    public enum Metric {
        /** Calls that wait, ring or talk. */
        ConcurrentCalls("concurrent-calls"),
        /** Agents that these calls and those to come ask for, by the pool's own sizing rule. */
        NeededAgents("needed-agents");

        private final String spelled;

        Metric(String spelled) {
            this.spelled = spelled;
        }

        /** Returns its name as KEDA uses it. */
        public String spelled() {
            return spelled;
        }
    }

    /** Metadata that nothing can be answered to; the message names the field, its value and what is allowed. */
    public static final class BadMetadataException extends Exception {
        private static final long serialVersionUID = 1L;

        BadMetadataException(String field, String value, String allowed) {
            super("%s: '%s' is not %s".formatted(field, value, allowed));
        }
    }

    /**
     * Reads a query.
     *
     * @param namespace the ScaledObject's own: it scales what is beside it, and reads nothing else
     * @param metadata its trigger's
     */
    public static ScalerQuery read(String namespace, Map<String, String> metadata) throws BadMetadataException {
        if (namespace.isBlank()) {
            throw new BadMetadataException("namespace", namespace, "the namespace of a ScaledObject");
        }
        String said = metadata.getOrDefault(NAMESPACE, namespace);
        if (!said.equals(namespace)) {
            throw new BadMetadataException(
                    field(NAMESPACE), said, "the ScaledObject's own namespace, '" + namespace + "'");
        }
        String pool = metadata.getOrDefault(POOL, "").strip();
        if (!pool.matches("[a-z0-9]([-a-z0-9]*[a-z0-9])?") || pool.length() > LONGEST_NAME) {
            throw new BadMetadataException(
                    field(POOL), shortened(pool), "the name of a VoiceAgentPool in namespace '" + namespace + "'");
        }
        return new ScalerQuery(new PoolKey(namespace, pool), metrics(metadata.get(METRICS)));
    }

    /** Reads one metric's name. */
    public static Metric metric(String field, String name) throws BadMetadataException {
        for (Metric metric : Metric.values()) {
            if (metric.spelled().equals(name.strip().toLowerCase(Locale.ROOT))) {
                return metric;
            }
        }
        throw new BadMetadataException(
                field,
                shortened(name),
                Arrays.stream(Metric.values()).map(Metric::spelled).collect(Collectors.joining(" or ")));
    }

    private static Set<Metric> metrics(@org.jspecify.annotations.Nullable String names) throws BadMetadataException {
        if (names == null || names.isBlank()) {
            return EnumSet.allOf(Metric.class);
        }
        Set<Metric> metrics = EnumSet.noneOf(Metric.class);
        for (String name : names.split(",", 16)) {
            metrics.add(metric(field(METRICS), name));
        }
        return metrics;
    }

    private static String field(String key) {
        return "scalerMetadata." + key;
    }

    private static String shortened(String value) {
        return value.length() > 100 ? value.substring(0, 100) + "..." : value;
    }
}
