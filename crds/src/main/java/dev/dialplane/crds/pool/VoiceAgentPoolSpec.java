package dev.dialplane.crds.pool;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.dialplane.crds.ApiType;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/**
 * What a pool should be. Parts with a default are filled in by the API server, so a reader may rely on them.
 *
 * @param paused whether new calls are turned away
 * @param agent who answers
 * @param call the limits of one call
 * @param runtime the pod that an agent lives in
 * @param scaling how many agents
 * @param recycle when an agent's pod is given up
 * @param rollout how a change of the pods proceeds
 * @param overflow where calls go that find no idle agent
 * @param compliance what is enforced before a call is placed or recorded
 */
@ApiType
public record VoiceAgentPoolSpec(
        @JsonPropertyDescription("True: calls in progress go on, new ones overflow or are refused.") @Default("false")
        boolean paused,

        @JsonPropertyDescription("Who answers. Prepared by idle agents; new calls use it at once, no pod restarts.")
        @Required
        Agent agent,

        @JsonPropertyDescription("The limits of one call.") @Default("{}")
        Call call,

        @JsonPropertyDescription(
                "The pod of an agent. A change here, or of call.maxDuration, rolls pods, busy ones" + " last.")
        @Default("{}")
        AgentRuntime runtime,

        @JsonPropertyDescription("How many agents.") @Default("{}")
        Scaling scaling,

        @JsonPropertyDescription("When an agent's pod is given up.") @Default("{}")
        Recycle recycle,

        @JsonPropertyDescription("How a change of the pods proceeds.") @Default("{}")
        Rollout rollout,

        @JsonPropertyDescription("Where calls go that find no idle agent.") @Default("{}")
        Overflow overflow,

        @JsonPropertyDescription("Enforced before a call is placed or recorded; fail-closed.") @Nullable
        Compliance compliance) {}
