package dev.dialplane.crds.pool;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.dialplane.crds.ApiType;
import dev.dialplane.crds.NamedValue;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP endpoint that inference calls for the agent, once the caller's turn is committed.
 *
 * @param name by which models and answers refer to it
 * @param description for the model: what it does and when to use it
 * @param parameters a JSON schema of its arguments
 * @param url where it is
 * @param secretRef a Secret with its credentials, resolved by inference alone
 */
@ApiType
public record Tool(
        @Required @Size(min = 1, max = 63) @Pattern(NamedValue.PLACEHOLDER)
        String name,

        @JsonPropertyDescription("For the model: what the tool does and when to use it.")
        @Required
        @Size(min = 1, max = 1024)
        String description,

        @JsonPropertyDescription("A JSON schema of the tool's arguments.") @PreserveUnknownFields @Nullable
        Map<String, Object> parameters,

        @JsonPropertyDescription(
                "Is sent the arguments by POST as a JSON object, with an Idempotency-Key. What it answers"
                        + " goes to the model. Private addresses are refused unless the installation names the host.")
        @Required
        @Size(min = 8, max = 2048)
        @Pattern("^https?://[^\\s]+$")
        String url,

        @JsonPropertyDescription("A Secret with the tool's credential, shown to it as a bearer token. Whoever runs the"
                + " installation makes it known to inference, which alone has it.")
        @Nullable
        SecretKeyRef secretRef) {

    /**
     * One key of a Secret.
     *
     * @param name the Secret, in the pool's namespace
     * @param key the key within it
     */
    @ApiType
    public record SecretKeyRef(
            @Required @Size(min = 1, max = 253) @Pattern("^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$")
            String name,

            @Default("token") @Size(min = 1, max = 253) @Pattern("^[A-Za-z0-9._-]+$")
            String key) {}
}
