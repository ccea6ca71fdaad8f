package dev.dialplane.crds.pool;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.dialplane.crds.ApiType;
import dev.dialplane.crds.Condition;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.model.annotation.LabelSelector;
import io.fabric8.kubernetes.model.annotation.StatusReplicas;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a pool is. Live counts are metrics; this changes at most once in 5 s unless a condition flips.
 *
 * @param observedGeneration the generation of the spec that this describes
 * @param replicas pods that exist and are not going away
 * @param selector finds the pool's pods, for the scale subresource
 * @param agents the pods by what they do
 * @param sizing why there are so many
 * @param rollout how far the newest revision is
 * @param conditions Ready, Progressing, Degraded
 */
@ApiType
public record VoiceAgentPoolStatus(
        long observedGeneration,
        @StatusReplicas int replicas,
        @LabelSelector @Size(max = 253) @Nullable String selector,
        @Nullable Agents agents,
        @Nullable Sizing sizing,
        @Nullable RolloutStatus rollout,
        @Size(max = 8) List<Condition> conditions) {

    /** Reads an absent list as an empty one. */
    @SuppressWarnings("NullAway")
    public VoiceAgentPoolStatus {
        conditions = conditions == null ? List.of() : List.copyOf(conditions);
    }

    /**
     * Pods by what they do.
     *
     * @param starting not idle yet
     * @param idle prepared, without a call
     * @param busy with a call, or promised to one
     * @param retiring on their way out
     * @param outdated of an older revision; counted among the others too
     */
    @ApiType
    public record Agents(int starting, int idle, int busy, int retiring, int outdated) {}

    /**
     * Why there are so many agents.
     *
     * @param target how many there should be
     * @param rule what decided it, such as {@code ErlangB}
     * @param offeredErlangs the load that calls bring, refused ones too
     * @param arrivalsPerMinute how often calls come
     * @param startMilliseconds the time from creating a pod to an idle agent, 95th percentile
     * @param sinceTime since when the target is this, RFC 3339
     * @param ignoredReplicas in mode External after a switch from Auto: the value of spec.scaling.replicas that does
     *     not count because it has not changed since
     */
    @ApiType
    public record Sizing(
            int target,
            @Size(max = 63) String rule,
            @Size(max = 32) @Nullable String offeredErlangs,
            @Size(max = 32) @Nullable String arrivalsPerMinute,
            @Nullable Integer startMilliseconds,
            @Nullable String sinceTime,

            @JsonPropertyDescription("After a switch from Auto to External: the value of spec.scaling.replicas that"
                    + " does not count, because it has not changed since.")
            @Nullable
            Integer ignoredReplicas) {}

    /**
     * How far the newest revision is.
     *
     * @param revision its name
     * @param updated pods of it
     * @param pausedReason why it does not go on; absent while it does
     * @param canary how the newest revision does on its share of the calls; absent when it was not tried so
     */
    @ApiType
    public record RolloutStatus(
            @Size(max = 63) String revision,
            int updated,
            @Size(max = 1024) @Nullable String pausedReason,
            @Nullable CanaryStatus canary) {}

    /**
     * How the newest revision does beside the older ones.
     *
     * @param phase what has become of it
     * @param sinceTime when it began
     * @param calls that ended with agents of the newest revision since then
     * @param badCalls how many of these failed, were declined or were short
     * @param olderCalls the same of older agents
     * @param olderBadCalls the same of older agents
     */
    @ApiType
    public record CanaryStatus(
            CanaryPhase phase, String sinceTime, int calls, int badCalls, int olderCalls, int olderBadCalls) {}

    /** What has become of a canary. */
    public enum CanaryPhase {
        /** It is tried. */
        Running,
        /** It did well: the newest revision takes over. */
        Promoted,
        /** It did badly: its agents leave. */
        TakenBack
    }
}
