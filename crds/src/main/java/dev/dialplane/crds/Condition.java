package dev.dialplane.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/**
 * One aspect of an object's state, with the constraints of {@code metav1.Condition}, which the generated schema of the
 * client library's own type leaves out.
 *
 * @param type the aspect, such as {@code Ready}
 * @param status {@code True}, {@code False} or {@code Unknown}
 * @param observedGeneration the generation of the spec that this was judged by
 * @param lastTransitionTime when {@code status} last changed, RFC 3339
 * @param reason one word for programs
 * @param message a sentence for people
 */
@ApiType
public record Condition(
        @Required @Size(min = 1, max = 316) @Pattern("^[A-Za-z][A-Za-z0-9._/-]*$")
        String type,

        @Required Status status,
        @Min(0) long observedGeneration,

        @JsonPropertyDescription("When the status last changed from one value to another.") @Required
        String lastTransitionTime,

        @Required @Size(min = 1, max = 1024) @Pattern("^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$")
        String reason,

        @Required @JsonInclude(JsonInclude.Include.ALWAYS) @Size(max = 32768)
        String message) {

    /** Whether the aspect holds. */
    public enum Status {
        /** It holds. */
        True,
        /** It does not. */
        False,
        /** It cannot be told. */
        Unknown;

        /** Returns {@link #True} or {@link #False}. */
        public static Status of(boolean holds) {
            return holds ? True : False;
        }
    }
}
