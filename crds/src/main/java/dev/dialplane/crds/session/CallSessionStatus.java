package dev.dialplane.crds.session;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.dialplane.crds.ApiType;
import dev.dialplane.crds.Condition;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a call goes, or went. Holds no full number, no audio and no transcript.
 *
 * @param observedGeneration the generation of the spec that this describes
 * @param phase where the call is
 * @param cause why it ended; every end has one
 * @param party the other side's number, all but its last four digits masked
 * @param agent who took it
 * @param requestTime when it was first heard of, RFC 3339 like all times here
 * @param reserveTime when an agent was promised to it
 * @param dialTime when it was dialed
 * @param answerTime when it was answered
 * @param endTime when it ended
 * @param turns turns of the agent
 * @param response from the end of the caller's speech to the first audio of the reply
 * @param interruptions how often the caller interrupted
 * @param usage what it used
 * @param cost what it cost
 * @param conditions Reserved, Answered, Ended
 */
@ApiType
public record CallSessionStatus(
        @Nullable Long observedGeneration,

        @JsonPropertyDescription("Pending, Reserved, Dialing, Active, then Completed, Failed or Refused.") @Nullable
        Phase phase,

        @JsonPropertyDescription("Why the call ended: CallerHungUp, AgentHungUp, NoAgent, Abandoned, NoAnswer, Busy,"
                + " AgentLost and others; new ones may come.")
        @Size(min = 1, max = 63)
        @Pattern("^[A-Z][A-Za-z0-9]*$")
        @Nullable
        String cause,

        @JsonPropertyDescription("The other side, all but the last four digits masked.") @Size(max = 64) @Nullable
        String party,

        @Nullable Agent agent,
        @Nullable String requestTime,
        @Nullable String reserveTime,
        @Nullable String dialTime,
        @Nullable String answerTime,
        @Nullable String endTime,
        @Nullable Integer turns,

        @JsonPropertyDescription(
                "From the end of the caller's speech to the first audio of the reply, at the" + " gateway's socket.")
        @Nullable
        Response response,

        @Nullable Integer interruptions,
        @Nullable Usage usage,
        @Nullable Cost cost,
        @Size(max = 8) List<Condition> conditions) {

    /** Reads an absent list as an empty one. */
    @SuppressWarnings("NullAway")
    public CallSessionStatus {
        conditions = conditions == null ? List.of() : List.copyOf(conditions);
    }

    /** Where a call is. The last three are ends. */
    public enum Phase {
        /** Not begun. */
        Pending,
        /** An agent is promised to it. */
        Reserved,
        /** A phone rings. */
        Dialing,
        /** They talk. */
        Active,
        /** It was answered, and is over. */
        Completed,
        /** It broke, or never came to be. */
        Failed,
        /** It was turned away. */
        Refused;

        /** Returns whether the call is over. */
        public boolean ended() {
            return this == Completed || this == Failed || this == Refused;
        }
    }

    /**
     * Who took the call.
     *
     * @param podName the last agent's pod
     * @param podUID its UID
     * @param attempt the number of the last attempt to bind the call to an agent, from 1
     * @param failovers how often another agent took over
     */
    @ApiType
    public record Agent(
            @Size(max = 253) @Nullable String podName,
            @Size(max = 64) @Nullable String podUID,
            int attempt,
            int failovers) {}

    /**
     * From the end of the caller's speech to the first audio of the reply.
     *
     * @param p50Milliseconds median over the call's turns
     * @param p95Milliseconds 95th percentile
     */
    @ApiType
    public record Response(int p50Milliseconds, int p95Milliseconds) {}

    /**
     * What a call used.
     *
     * @param audioSeconds connected time
     * @param sttSeconds audio recognized
     * @param llmTokens tokens read and written
     * @param ttsCharacters characters spoken
     */
    @ApiType
    public record Usage(long audioSeconds, long sttSeconds, long llmTokens, long ttsCharacters) {}

    /**
     * What a call cost.
     *
     * @param currency ISO 4217
     * @param perMinute a decimal
     * @param total a decimal
     */
    @ApiType
    public record Cost(
            @Size(min = 3, max = 3) String currency,
            @Size(max = 32) String perMinute,
            @Size(max = 32) String total) {}
}
