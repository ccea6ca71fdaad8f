package dev.dialplane.local.containers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Commands of a moment. */
final class Commands {
    private Commands() {}

    /** Runs a command with this process's environment. */
    static String run(List<String> command) throws IOException {
        return run(command, Map.of());
    }

    /**
     * Runs a command to its end.
     *
     * @return what it printed
     * @throws IOException with what it printed if it did not exit with 0
     */
    static String run(List<String> command, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.onExit().join().exitValue();
        if (code != 0) {
            throw new IOException(String.join(" ", command) + ": exit " + code + ": " + output.strip());
        }
        return output;
    }
}
