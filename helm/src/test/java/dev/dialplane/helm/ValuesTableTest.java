package dev.dialplane.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The chart's own page, with the table of its values, made of the comments in {@code values.yaml}. */
class ValuesTableTest {
    private static final Path CHART = Path.of("dialplane");
    private static final Path PAGE = CHART.resolve("README.md");
    private static final Pattern KEY = Pattern.compile("( *)(\\w+):(?: (.*))?");
    private static final Pattern COMMENT = Pattern.compile(" *# ?(.*)");

    private record Row(String path, String value, String meaning) {
        String line() {
            String shown = value.isEmpty() ? "" : "`" + value.replace("|", "\\|") + "`";
            return "| `%s` | %s | %s |".formatted(path, shown, meaning.replace("|", "\\|"));
        }
    }

    @Test
    void thePageSaysWhatTheValuesSay() throws IOException {
        List<Row> rows = rows(Files.readAllLines(CHART.resolve("values.yaml")));
        String expected = """
                # dialplane

                Phone calls answered by AI agents, one pod holding one call: the operator, gateways and inference. Needs
                Kubernetes 1.32 or newer.

                ```
                helm install dialplane helm/dialplane --namespace dialplane-system --create-namespace
                ```

                How to get from there to a call: [the first day](../../docs/first-day.md). What `env` may hold:
                [configuration](../../docs/configuration.md).

                ## Values

                | Value | Default | Meaning |
                |---|---|---|
                %s

                This page is made of [values.yaml](values.yaml). To make it anew:
                `./mvnw -q test -pl helm -am -Dtest=ValuesTableTest -Ddialplane.docs.write=true`
                """.formatted(rows.stream().map(Row::line).collect(Collectors.joining("\n")));
        if (Boolean.getBoolean("dialplane.docs.write")) {
            Files.writeString(PAGE, expected);
        }

        assertThat(PAGE).as("its last line says how to make it anew").hasContent(expected);
        assertThat(rows)
                .extracting(Row::path)
                .contains("gateway.ingress.tlsSecret", "networkPolicies")
                .hasSizeGreaterThan(40);
    }

    private static List<Row> rows(List<String> lines) {
        List<Row> rows = new ArrayList<>();
        List<String> comment = new ArrayList<>();
        Deque<String> path = new ArrayDeque<>();
        for (String line : lines) {
            Matcher said = COMMENT.matcher(line);
            Matcher key = KEY.matcher(line);
            if (said.matches()) {
                comment.add(said.group(1));
            } else if (key.matches()) {
                while (path.size() > key.group(1).length() / 2) {
                    path.removeLast();
                }
                path.addLast(key.group(2));
                String value = key.group(3) == null ? "" : key.group(3);
                if (!value.isEmpty() || !comment.isEmpty()) {
                    rows.add(new Row(String.join(".", path), value, String.join(" ", comment)));
                }
                comment.clear();
            } else if (line.isBlank()) {
                comment.clear();
            } else {
                assertThat(line.strip())
                        .as("a line of values.yaml that this test can read")
                        .startsWith("requests:");
            }
        }
        return rows;
    }
}
