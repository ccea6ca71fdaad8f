package dev.dialplane.agent.call;

import dev.dialplane.agent.speaking.Phrases;
import dev.dialplane.contracts.common.v1.AgentSpec;

/**
 * What an agent is prepared for.
 *
 * @param hash names the spec
 * @param spec the pool's {@code spec.agent}
 * @param phrases what it can say without a model
 */
public record Prepared(String hash, AgentSpec spec, Phrases phrases) {}
