package dev.dialplane.helm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** What {@code docs/first-day.md} shows. */
final class FirstDay {
    private static final Path PAGE = Path.of("../docs/first-day.md");
    private static final Pattern BLOCK = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);
    private static final Pattern METRIC = Pattern.compile("dialplane_[a-z_]+");

    private FirstDay() {}

    /** The blocks of YAML. */
    static List<String> blocks() throws IOException {
        return BLOCK.matcher(Files.readString(PAGE))
                .results()
                .map(block -> block.group(1))
                .toList();
    }

    /** The names of metrics. */
    static List<String> metrics() throws IOException {
        return METRIC.matcher(Files.readString(PAGE))
                .results()
                .map(MatchResult::group)
                .toList();
    }
}
