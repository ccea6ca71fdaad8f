package dev.dialplane.images;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Has an agent make its ahead-of-time cache (JEP 514) by a rehearsed call, with the runtime, the jars and the flags that
 * are in its image. The JVM believes a cache that is of the same runtime, flags and jars; where they are may differ, as
 * long as all jars have moved together.
 */
final class AgentTraining {
    private AgentTraining() {}

    /**
     * Trains.
     *
     * @param root the staged image: java, libraries and process
     * @param cache the file to make
     */
    static void train(Path root, Path cache) throws IOException {
        Path app = root.resolve("training").resolve("app");
        Staging.layOutApp(root, app);
        Commands.run(List.of(
                root.resolve("java/bin/java").toString(),
                "-jar",
                app.resolve("agent-runtime.jar").toString(),
                "--train"));
        Staging.copyFile(app.resolve("agent-runtime.aot"), cache);
        Staging.delete(root.resolve("training"));
    }
}
