package dev.dialplane.e2e.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** What one benchmark found: rows of figures, each with its target and whether it was met. */
record Report(String bench, String commit, String machine, List<Row> rows, List<String> notes) {

    /**
     * One figure.
     *
     * @param unit of all values, for example {@code ms}
     * @param count how many samples the percentiles are of; 1 for a single reading
     * @param target as {@code targets} states it, empty when it states none
     * @param met null when there is no target
     */
    record Row(
            String name,
            String unit,
            long count,
            double min,
            double p50,
            double p90,
            double p99,
            double p999,
            double max,
            String target,
            @Nullable Boolean met) {

        static Row single(String name, String unit, double value, String target, @Nullable Boolean met) {
            return new Row(name, unit, 1, value, value, value, value, value, value, target, met);
        }

        /** Percentiles of a histogram of µs, in ms. */
        static Row ofMicros(String name, Histogram micros, String target, @Nullable Boolean met) {
            return new Row(
                    name,
                    "ms",
                    micros.getTotalCount(),
                    micros.getMinValue() / 1e3,
                    micros.getValueAtPercentile(50) / 1e3,
                    micros.getValueAtPercentile(90) / 1e3,
                    micros.getValueAtPercentile(99) / 1e3,
                    micros.getValueAtPercentile(99.9) / 1e3,
                    micros.getMaxValue() / 1e3,
                    target,
                    met);
        }

        static Row of(String name, String unit, Samples samples, String target, @Nullable Boolean met) {
            return new Row(
                    name,
                    unit,
                    samples.count(),
                    samples.percentile(0),
                    samples.percentile(50),
                    samples.percentile(90),
                    samples.percentile(99),
                    samples.percentile(99.9),
                    samples.percentile(100),
                    target,
                    met);
        }
    }

    void print(Appendable out) throws IOException {
        out.append(String.format(Locale.ROOT, "%n%s   commit %s   %s%n%n", bench, commit, machine));
        out.append(String.format(
                Locale.ROOT,
                "%-26s %-6s %8s %9s %9s %9s %9s %9s %9s   %-38s %s%n",
                "figure",
                "unit",
                "count",
                "min",
                "p50",
                "p90",
                "p99",
                "p99.9",
                "max",
                "target",
                "verdict"));
        for (Row row : rows) {
            out.append(String.format(
                    Locale.ROOT,
                    "%-26s %-6s %8d %9.2f %9.2f %9.2f %9.2f %9.2f %9.2f   %-38s %s%n",
                    row.name,
                    row.unit,
                    row.count,
                    row.min,
                    row.p50,
                    row.p90,
                    row.p99,
                    row.p999,
                    row.max,
                    row.target,
                    row.met == null ? "" : row.met ? "met" : "missed"));
        }
        for (String note : notes) {
            out.append(note).append(System.lineSeparator());
        }
    }

    void write(Path file) throws IOException {
        if (file.toAbsolutePath().getParent() instanceof Path parent) {
            Files.createDirectories(parent);
        }
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), this);
    }

    /** Where a figure was taken: processor, cores, memory, Java. */
    static String thisMachine() {
        String model = "unknown processor";
        try {
            for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
                if (line.startsWith("model name")) {
                    model = line.substring(line.indexOf(':') + 1).strip();
                    break;
                }
            }
        } catch (IOException e) {
            model = System.getProperty("os.arch");
        }
        return "%d × %s, Java %s"
                .formatted(
                        Runtime.getRuntime().availableProcessors(),
                        model,
                        Runtime.version().feature());
    }

    /** The checked-out commit, with a mark when the tree differs from it. */
    static String thisCommit() {
        List<String> lines = new ArrayList<>();
        try {
            Process git = new ProcessBuilder("git", "describe", "--always", "--dirty")
                    .redirectErrorStream(true)
                    .start();
            git.inputReader().lines().forEach(lines::add);
            return git.waitFor() == 0 && !lines.isEmpty() ? lines.getFirst() : "unknown";
        } catch (IOException e) {
            return "unknown";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "unknown";
        }
    }
}
