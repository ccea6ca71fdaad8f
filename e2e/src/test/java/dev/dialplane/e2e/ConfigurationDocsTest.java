package dev.dialplane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.gateway.config.GatewayConfig;
import dev.dialplane.inference.InferenceConfig;
import dev.dialplane.operator.OperatorConfig;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code docs/configuration.md} names every key there is, no other, and the default each has. */
class ConfigurationDocsTest {

    private static final Path PAGE = Path.of("../docs/configuration.md");

    /** A table's row: key, default, meaning. */
    private static final Pattern ROW = Pattern.compile("^\\| `([a-z.-]+)` \\|([^|]*)\\|.*\\|$");

    /** Defaults that the page writes for people: a duration or a size in a larger unit, a name that the pod gives. */
    private static final Map<String, String> WRITTEN_AS = Map.of(
            "120s", "2m",
            "67108864", "64 MiB");

    @ParameterizedTest
    @ValueSource(classes = {GatewayConfig.class, OperatorConfig.class, InferenceConfig.class})
    void thePageNamesEveryKeyAndItsDefault(Class<?> mapping) throws IOException {
        Map<String, String> actual = new TreeMap<>();
        collect(mapping, "", actual);

        Map<String, String> documented =
                documented(mapping.getAnnotation(ConfigMapping.class).prefix());

        assertThat(documented.keySet()).containsExactlyElementsOf(actual.keySet());
        actual.forEach((key, value) -> {
            if (!value.isEmpty() && !(key.equals("name") && mapping == GatewayConfig.class)) {
                assertThat(documented.get(key)).as(key).isEqualTo(WRITTEN_AS.getOrDefault(value, value));
            }
        });
    }

    private static void collect(Class<?> group, String prefix, Map<String, String> keys) {
        for (Method method : group.getDeclaredMethods()) {
            String key = prefix + dashed(method.getName());
            if (method.getReturnType().getEnclosingClass() == null
                    || !method.getReturnType().isInterface()) {
                WithDefault byDefault = method.getAnnotation(WithDefault.class);
                keys.put(key, byDefault == null ? "" : byDefault.value());
            } else {
                collect(method.getReturnType(), key + ".", keys);
            }
        }
    }

    private static String dashed(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT);
    }

    private static Map<String, String> documented(String prefix) throws IOException {
        Map<String, String> keys = new TreeMap<>();
        boolean inside = false;
        for (String line : Files.readAllLines(PAGE)) {
            if (line.startsWith("## ")) {
                inside = line.contains("`" + prefix + ".…`");
            }
            Matcher row = ROW.matcher(line);
            if (inside && row.matches()) {
                assertThat(keys.put(row.group(1), row.group(2).strip().replace("`", "")))
                        .as("%s stands twice", row.group(1))
                        .isNull();
            }
        }
        return keys;
    }
}
