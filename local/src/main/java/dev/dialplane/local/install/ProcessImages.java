package dev.dialplane.local.install;

import dev.dialplane.local.node.ImageTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The images of Dialplane's four processes as command lines of what the build made. */
public final class ProcessImages {
    /** The image of the operator. */
    public static final String OPERATOR = "dialplane/operator";
    /** The image of the gateway. */
    public static final String GATEWAY = "dialplane/gateway";
    /** The image of inference. */
    public static final String INFERENCE = "dialplane/inference";
    /** The image of an agent. */
    public static final String AGENT = "dialplane/agent-runtime";

    static final String AGENT_JAR = "agent-runtime.jar";

    /** Where the build puts the agent, below the checkout. */
    static final String AGENT_APP = "agent-runtime/target/app";

    private ProcessImages() {}

    /**
     * The table for a checkout that is built.
     *
     * @throws IllegalStateException if something is not built
     */
    public static ImageTable of(Path checkout, Path javaHome) {
        String java = javaHome.resolve("bin/java").toString();
        return new ImageTable(Map.of(
                OPERATOR, quarkus(java, checkout, "operator"),
                GATEWAY, quarkus(java, checkout, "gateway"),
                INFERENCE, quarkus(java, checkout, "inference"),
                AGENT, agent(java, checkout)));
    }

    private static ImageTable.Entry quarkus(String java, Path checkout, String module) {
        Path target = checkout.resolve(module).resolve("target");
        Path jar = built(target.resolve(module + "-runner.jar"));
        List<String> command = new ArrayList<>();
        command.add(java);
        command.add("@" + built(checkout.resolve(module).resolve("src/main/jvm/" + module + ".flags")));
        // Written at the end of the first run, and used by the next ones; one of another build is written anew.
        command.add("-Xlog:disable");
        command.add("-XX:+AutoCreateSharedArchive");
        command.add("-XX:SharedArchiveFile=" + target.resolve(module + ".jsa"));
        command.addAll(List.of("-jar", jar.toString()));
        return new ImageTable.Entry(command, Map.of("MALLOC_ARENA_MAX", "2"));
    }

    /** The agent's own flags come with it; a cache that was trained with them is used if it is there. */
    private static ImageTable.Entry agent(String java, Path checkout) {
        Path app = checkout.resolve(AGENT_APP);
        List<String> command = new ArrayList<>();
        command.add(java);
        command.add("@" + built(app.resolve("agent.flags")));
        Path cache = app.resolve("agent-runtime.aot");
        if (Files.isReadable(cache)) {
            command.add("-XX:AOTCache=" + cache);
        }
        command.addAll(List.of("-jar", built(app.resolve(AGENT_JAR)).toString()));
        return new ImageTable.Entry(command, Map.of("MALLOC_ARENA_MAX", "1"));
    }

    private static Path built(Path file) {
        if (!Files.isReadable(file)) {
            throw new IllegalStateException(file + " is not there: build first, with './mvnw package -DskipTests'");
        }
        return file;
    }
}
