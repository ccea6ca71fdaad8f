package dev.dialplane.inference.model;

import dev.dialplane.contracts.common.v1.AgentSpec;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * A pool's spec, and what models made of it; forgotten together.
 */
public final class PreparedSpec {
    private final String hash;
    private final AgentSpec spec;
    private final Map<Class<?>, Object> parts = new ConcurrentHashMap<>();

    public PreparedSpec(String hash, AgentSpec spec) {
        this.hash = hash;
        this.spec = spec;
    }

    public String hash() {
        return hash;
    }

    public AgentSpec spec() {
        return spec;
    }

    /** What a model keeps with this spec, made on first use; concurrent askers wait for one making. */
    public <T> T part(Class<T> type, Function<PreparedSpec, T> maker) {
        return type.cast(parts.computeIfAbsent(type, _ -> maker.apply(this)));
    }
}
