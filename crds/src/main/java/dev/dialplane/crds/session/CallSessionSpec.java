package dev.dialplane.crds.session;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.dialplane.crds.ApiType;
import dev.dialplane.crds.DurationText;
import dev.dialplane.crds.NameRef;
import dev.dialplane.crds.NamedValue;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The call that is wanted, or that came. Immutable, but for {@code hangUp} from false to true.
 *
 * @param poolRef whose agent takes it
 * @param direction who called whom
 * @param carrier the gateway's name of the carrier
 * @param callId the carrier's id of an inbound call
 * @param from the calling number of an outbound call
 * @param to the called number of an outbound call
 * @param purpose what an outbound call is for
 * @param variables what the agent knows about an outbound call
 * @param notAfter after which an outbound call is not dialed, RFC 3339
 * @param ttlAfterEnd how long the record stays, a {@link DurationText}
 * @param hangUp ends the call
 */
@ApiType
@ValidationRule(
        value =
                "self.poolRef == oldSelf.poolRef && self.direction == oldSelf.direction && self.ttlAfterEnd == oldSelf.ttlAfterEnd"
                        + " && has(self.carrier) == has(oldSelf.carrier) && (!has(self.carrier) || self.carrier == oldSelf.carrier)"
                        + " && has(self.callId) == has(oldSelf.callId) && (!has(self.callId) || self.callId == oldSelf.callId)"
                        + " && has(self.from) == has(oldSelf.from) && (!has(self.from) || self.from == oldSelf.from)"
                        + " && has(self.to) == has(oldSelf.to) && (!has(self.to) || self.to == oldSelf.to)"
                        + " && has(self.purpose) == has(oldSelf.purpose) && (!has(self.purpose) || self.purpose == oldSelf.purpose)"
                        + " && has(self.variables) == has(oldSelf.variables) && (!has(self.variables) || self.variables == oldSelf.variables)"
                        + " && has(self.notAfter) == has(oldSelf.notAfter) && (!has(self.notAfter) || self.notAfter == oldSelf.notAfter)",
        message = "spec cannot be changed, except hangUp from false to true; create another CallSession instead")
@ValidationRule(value = "self.hangUp || !oldSelf.hangUp", message = "spec.hangUp can go from false to true only")
@ValidationRule(
        value = "self.direction != 'Outbound' || has(self.to)",
        message = "spec.to is required for direction Outbound: the number to call, such as +919812345678")
@ValidationRule(
        value = "self.direction != 'Outbound' || has(self.from)",
        message = "spec.from is required for direction Outbound: the number to call from, such as +918000000001")
@ValidationRule(
        value = "self.direction != 'Outbound' || has(self.purpose)",
        message = "spec.purpose is required for direction Outbound: Promotional, Service or Recovery")
@ValidationRule(
        value = "self.direction != 'Outbound' || has(self.notAfter)",
        message = "spec.notAfter is required for direction Outbound: a time after which the number is not dialed, so"
                + " that a session applied again is not a second call")
@ValidationRule(
        value = "self.direction != 'Outbound' || !has(self.callId) || self.callId == ''",
        message = "spec.callId is for direction Inbound only: the carrier gives it")
@ValidationRule(
        value = "self.direction != 'Inbound' || (has(self.carrier) && has(self.callId) && self.callId != '')",
        message = "spec.carrier and spec.callId are required for direction Inbound")
@ValidationRule(
        value = "self.direction != 'Inbound' || (!has(self.from) && !has(self.to) && !has(self.variables)"
                + " && !has(self.purpose) && !has(self.notAfter))",
        message = "spec.from, to, purpose, variables and notAfter are for direction Outbound only: an inbound session"
                + " holds no number")
public record CallSessionSpec(
        @JsonPropertyDescription("The pool whose agent takes the call.") @Required
        NameRef poolRef,

        @JsonPropertyDescription("Outbound: place a call. Inbound ones are written by the operator alone.")
        @Default("Outbound")
        Direction direction,

        @JsonPropertyDescription("The gateway's name of the carrier.")
        @Size(min = 1, max = 63)
        @Pattern(NameRef.NAME)
        @Nullable
        String carrier,

        @JsonPropertyDescription("The carrier's id of an inbound call.") @Size(max = 256) @Nullable
        String callId,

        @JsonPropertyDescription("The number to call from, E.164.") @Size(max = 16) @Pattern(E164) @Nullable
        String from,

        @JsonPropertyDescription("The number to call, E.164.") @Size(max = 16) @Pattern(E164) @Nullable
        String to,

        @JsonPropertyDescription("What the call is for; the gates judge by it.") @Nullable
        Purpose purpose,

        @JsonPropertyDescription("What the agent knows about this call.") @Size(max = 32)
        List<NamedValue> variables,

        @JsonPropertyDescription("After this time the number is not dialed. Applying a deleted session again therefore"
                + " places no second call.")
        @Size(max = 40)
        @Nullable
        String notAfter,

        @JsonPropertyDescription("How long the record stays after the call's end.")
        @Default("10m")
        @Size(min = 2, max = DurationText.MAX_LENGTH)
        @Pattern(DurationText.PATTERN)
        @ValidationRule(value = "duration(self) <= duration('168h')", message = "spec.ttlAfterEnd must be at most 168h")
        String ttlAfterEnd,

        @JsonPropertyDescription("True ends the call politely. Cannot be taken back.") @Default("false")
        boolean hangUp) {

    private static final String E164 = "^\\+[1-9][0-9]{6,14}$";

    /** Reads an absent list as an empty one. */
    @SuppressWarnings("NullAway")
    public CallSessionSpec {
        variables = variables == null ? List.of() : List.copyOf(variables);
    }

    /** Who called whom. */
    public enum Direction {
        /** A caller called the pool. */
        Inbound,
        /** The pool calls somebody. */
        Outbound
    }

    /** What an outbound call is for. */
    public enum Purpose {
        /** Selling. */
        Promotional,
        /** Serving a customer. */
        Service,
        /** Collecting a debt. */
        Recovery
    }
}
