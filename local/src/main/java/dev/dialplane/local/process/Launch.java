package dev.dialplane.local.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What to start.
 *
 * @param name what logs and the ledger call it
 * @param command program and arguments
 * @param environment all of its environment: nothing is inherited
 * @param directory the working directory, which exists
 * @param log the file that its standard output and error are appended to
 */
public record Launch(String name, List<String> command, Map<String, String> environment, Path directory, Path log) {
    /** Copies its collections. */
    public Launch {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }
}
