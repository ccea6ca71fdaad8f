package dev.dialplane.crds.pool;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.dialplane.crds.ApiType;
import dev.dialplane.crds.NameRef;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is enforced before a call is placed or recorded. What is absent follows the profile.
 *
 * @param profile a named set of rules
 * @param residency the regions that gateway, agent, inference and storage may be in
 * @param callingWindow when calls may be placed
 * @param doNotDisturb who is asked whether a number may be called
 * @param trunkClass the kind of trunk
 * @param recording whether calls are recorded
 */
@ApiType
public record Compliance(
        @JsonPropertyDescription("A named set of rules; the fields beside it override it.")
        @Size(min = 1, max = 63)
        @Pattern(NameRef.NAME)
        @Nullable
        String profile,

        @JsonPropertyDescription("The regions that gateway, agent, inference and storage may be in.") @Size(max = 32)
        List<String> residency,

        @JsonPropertyDescription("When calls may be placed, by the clock of timeZone.") @Nullable
        CallingWindow callingWindow,

        @JsonPropertyDescription("Who is asked whether a number may be called.") @Nullable
        DoNotDisturb doNotDisturb,

        @JsonPropertyDescription("A call never bridges PSTN and Internet legs.") @Nullable
        TrunkClass trunkClass,

        @JsonPropertyDescription("Whether calls are recorded.") @Nullable
        Recording recording) {

    /** Reads an absent list as an empty one. */
    @SuppressWarnings("NullAway")
    public Compliance {
        residency = residency == null ? List.of() : List.copyOf(residency);
    }

    private static final String TIME_OF_DAY = "^([01][0-9]|2[0-3]):[0-5][0-9]$";

    /**
     * When calls may be placed.
     *
     * @param from the first minute, HH:MM
     * @param to the end, HH:MM
     * @param timeZone an IANA name
     */
    @ApiType
    @ValidationRule(
            value = "self.from < self.to",
            message = "spec.compliance.callingWindow: from must be earlier than to")
    public record CallingWindow(
            @Required @Size(min = 5, max = 5) @Pattern(TIME_OF_DAY)
            String from,

            @Required @Size(min = 5, max = 5) @Pattern(TIME_OF_DAY)
            String to,

            @Required @Size(min = 1, max = 64) @Pattern("^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$")
            String timeZone) {}

    /**
     * Who is asked whether a number may be called.
     *
     * @param hookRef the hook's name
     * @param onError what an answer that does not come means
     */
    @ApiType
    public record DoNotDisturb(
            @Required NameRef hookRef, @Default("Refuse") OnError onError) {}

    /** What an answer that does not come means. */
    public enum OnError {
        /** The call is not placed. */
        Refuse,
        /** The call is placed. */
        Allow
    }

    /** The kind of trunk that a pool's calls use. */
    public enum TrunkClass {
        /** The public telephone network. */
        PSTN,
        /** Internet telephony. */
        Internet
    }

    /**
     * Whether calls are recorded.
     *
     * @param mode never, or with the caller's consent
     * @param consent what the caller is asked
     */
    @ApiType
    public record Recording(
            @Default("Never") RecordingMode mode,

            @JsonPropertyDescription("What the caller is asked after the greeting, in the agent's language.")
            @Default(CONSENT)
            @Size(min = 1, max = 512)
            String consent) {}

    private static final String CONSENT = "This call may be recorded to help us serve you better. Is that all right?";

    /** Whether calls are recorded. */
    public enum RecordingMode {
        /** No call is. */
        Never,
        /** Those whose caller consented. */
        WithConsent
    }
}
