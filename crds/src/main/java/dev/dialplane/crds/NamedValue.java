package dev.dialplane.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/**
 * A text under a name by which {@code {name}} refers to it.
 *
 * @param name a letter, then letters, digits, {@code _} or {@code -}
 * @param value the text
 */
@ApiType
public record NamedValue(
        @Required @Size(min = 1, max = 63) @Pattern(PLACEHOLDER)
        String name,

        @Required @JsonInclude(JsonInclude.Include.ALWAYS) @Size(max = 1024)
        String value) {

    /** What may stand between the braces of a placeholder. */
    public static final String PLACEHOLDER = "^[A-Za-z][A-Za-z0-9_-]*$";
}
