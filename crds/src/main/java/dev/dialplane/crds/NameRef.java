package dev.dialplane.crds;

import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/**
 * A reference by name to an object of the same namespace.
 *
 * @param name the object's name
 */
@ApiType
public record NameRef(
        @Required @Size(min = 1, max = 63) @Pattern(NAME) String name) {

    /** A DNS label: the form of every name that a spec gives to something. */
    public static final String NAME = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$";
}
