package dev.dialplane.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Alerts and the dashboard look at figures that there are. */
class MonitoringTest {
    private static final Pattern FIGURE = Pattern.compile("dialplane(_[a-z]+)+");
    /** What Prometheus adds to a meter's name: its unit, and which of its figures it is. */
    private static final Pattern SUFFIX = Pattern.compile("(_seconds)?_bucket$|_total$");

    private static final Pattern LITERAL = Pattern.compile("\"([a-z._]+)\"");

    @Test
    void theyAreOffUnlessAskedFor() {
        assertThat(ChartTest.render(Map.of()).stream().map(HasMetadata::getKind))
                .doesNotContain("PodMonitor", "PrometheusRule", "ConfigMap");
    }

    @Test
    void alertsLookAtFiguresThatThereAre() throws IOException {
        GenericKubernetesResource rule =
                (GenericKubernetesResource) only(ChartTest.render(Map.of("alerts", true)), "PrometheusRule");
        List<Map<String, Object>> groups = rule.get("spec", "groups");

        assertThat(groups).hasSize(1);
        assertThat(figures(groups.toString())).hasSizeGreaterThan(6).isSubsetOf(meters());
        assertThat(Files.readString(Path.of("../docs/operations.md")))
                .as("says what to do about each")
                .contains(alerts(groups));
    }

    @SuppressWarnings("unchecked")
    private static List<String> alerts(List<Map<String, Object>> groups) {
        return ((List<Map<String, Object>>) groups.getFirst().get("rules"))
                .stream().map(rule -> rule.get("alert").toString()).toList();
    }

    @Test
    void theDashboardLooksAtFiguresThatThereAre() throws IOException {
        ConfigMap map = (ConfigMap) only(ChartTest.render(Map.of("dashboards", true)), "ConfigMap");
        String dashboard = map.getData().get("dialplane.json");

        assertThat(new ObjectMapper().readTree(dashboard).path("panels")).hasSizeGreaterThan(8);
        assertThat(figures(dashboard)).hasSizeGreaterThan(10).isSubsetOf(meters());
    }

    private static Set<String> figures(String text) {
        Set<String> figures = new TreeSet<>();
        FIGURE.matcher(text)
                .results()
                .forEach(found -> figures.add(SUFFIX.matcher(found.group()).replaceFirst("")));
        return figures;
    }

    /** Every name that the processes' code could give to a meter, as Prometheus writes it. */
    private static Set<String> meters() throws IOException {
        Set<String> names = new TreeSet<>();
        for (String module : List.of("operator", "gateway", "inference")) {
            try (var files = Files.walk(Path.of("..", module, "src/main/java"))) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    LITERAL.matcher(Files.readString(file)).results().forEach(found -> {
                        String name = found.group(1).replace('.', '_');
                        names.add(name);
                        names.add("dialplane_gateway_" + name);
                    });
                }
            }
        }
        return names;
    }

    private static HasMetadata only(List<HasMetadata> resources, String kind) {
        return resources.stream()
                .filter(resource -> resource.getKind().equals(kind))
                .findFirst()
                .orElseThrow();
    }
}
