package dev.dialplane.crds.pool;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.dialplane.crds.ApiType;
import dev.dialplane.crds.DurationText;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.model.annotation.SpecReplicas;
import java.util.List;

/**
 * How many agents.
 *
 * @param mode who decides
 * @param replicas the number, in mode External
 * @param min the fewest, in mode Auto
 * @param max the most
 * @param blocking the share of calls that may find no idle agent, in mode Auto
 * @param scaleDownAfter how long fewer agents would have done before some go, a {@link DurationText}
 * @param floors times at which there are at least so many
 */
@ApiType
@ValidationRule(value = "self.min <= self.max", message = "spec.scaling: min must not be greater than max")
@ValidationRule(
        value = "self.mode != 'Auto' || oldSelf.mode != 'Auto' || self.replicas == oldSelf.replicas",
        message = "spec.scaling.replicas cannot be changed while spec.scaling.mode is Auto, because the operator sizes"
                + " the pool; set spec.scaling.mode to External to size it yourself")
@ValidationRule(
        value = "self.mode != 'External' || self.replicas <= self.max",
        message = "spec.scaling.replicas must be from 0 to spec.scaling.max in mode External")
@ValidationRule(
        value = "!has(self.floors) || self.floors.all(f, f.min <= self.max)",
        message = "spec.scaling.floors: a floor's min must not be greater than spec.scaling.max")
public record Scaling(
        @JsonPropertyDescription("Auto: the operator sizes the pool by its calls. External: replicas is the input"
                + " (kubectl scale, HPA, KEDA).")
        @Default("Auto")
        Mode mode,

        @JsonPropertyDescription("The number of agents in mode External; cannot be changed in mode Auto. A switch of"
                + " mode keeps the present number until this changes.")
        @SpecReplicas
        @Default("3")
        @Min(0)
        int replicas,

        @JsonPropertyDescription("The fewest agents in mode Auto.") @Default("2") @Min(0)
        int min,

        @JsonPropertyDescription("The most agents. More than 3000 in a namespace need the annotation"
                + " dialplane.dev/allow-large-namespace.")
        @Default("200")
        @Min(1)
        @Max(100000)
        int max,

        @JsonPropertyDescription("The share of calls that may find no idle agent, above 0 and at most 0.5.")
        @Default("0.001")
        @Size(max = 12)
        @Pattern("^0?\\.[0-9]{1,9}$")
        @ValidationRule(
                value = "double(self) > 0.0 && double(self) <= 0.5",
                message = "spec.scaling.blocking must be above 0 and at most 0.5")
        String blocking,

        @JsonPropertyDescription("How long fewer agents would have done before some go.")
        @Default("5m")
        @Size(min = 2, max = DurationText.MAX_LENGTH)
        @Pattern(DurationText.PATTERN)
        @ValidationRule(
                value = "duration(self) <= duration('24h')",
                message = "spec.scaling.scaleDownAfter must be at most 24h")
        String scaleDownAfter,

        @JsonPropertyDescription("Times at which there are at least so many agents.") @Size(max = 32)
        List<Floor> floors) {

    /** Reads an absent list as an empty one. */
    @SuppressWarnings("NullAway")
    public Scaling {
        floors = floors == null ? List.of() : List.copyOf(floors);
    }

    /** Who decides how many agents there are. */
    public enum Mode {
        /** The operator, by the calls that come. */
        Auto,
        /** Whoever writes {@code replicas}. */
        External
    }

    /**
     * A time at which there are at least so many agents.
     *
     * @param cron when it begins
     * @param timeZone whose clock {@code cron} goes by, an IANA name
     * @param duration how long it lasts, a {@link DurationText}
     * @param min how many agents
     */
    @ApiType
    public record Floor(
            @JsonPropertyDescription("When it begins: minute, hour, day of month, month, day of week.")
            @Required
            @Size(min = 9, max = 64)
            @Pattern("^([0-9*,/A-Za-z-]+ ){4}[0-9*,/A-Za-z-]+$")
            String cron,

            @JsonPropertyDescription("Whose clock cron goes by, an IANA name such as Asia/Kolkata.")
            @Default("UTC")
            @Size(min = 1, max = 64)
            @Pattern("^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$")
            String timeZone,

            @JsonPropertyDescription("How long it lasts.")
            @Required
            @Size(min = 2, max = DurationText.MAX_LENGTH)
            @Pattern(DurationText.PATTERN)
            @ValidationRule(
                    value = "duration(self) >= duration('1m') && duration(self) <= duration('168h')",
                    message = "spec.scaling.floors: duration must be from 1m to 168h")
            String duration,

            @JsonPropertyDescription("How many agents there are at least.") @Required @Min(1)
            int min) {}
}
