package dev.dialplane.local.install;

import dev.dialplane.local.progress.Progress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The ahead-of-time cache with which an agent starts in half of the time. */
public final class AgentCache {
    private AgentCache() {}

    /**
     * Has the agent make its cache by a rehearsal, unless the one that is there is of the same build. Agents start
     * without it where that fails, which is said.
     */
    public static void train(Path checkout, Path javaHome, Progress progress) throws IOException {
        Path jar = checkout.resolve(ProcessImages.AGENT_APP).resolve(ProcessImages.AGENT_JAR);
        Process training = new ProcessBuilder(
                        javaHome.resolve("bin/java").toString(), "-jar", jar.toString(), "--train")
                .redirectErrorStream(true)
                .start();
        String output = new String(training.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            int code = training.waitFor();
            if (code != 0) {
                progress.say("the agent's start-up cache can't be made (exit " + code
                        + "), so agents start more slowly: " + output.strip());
            } else if (output.contains("trained")) {
                progress.say("made the agent's start-up cache");
            }
        } catch (InterruptedException e) {
            training.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
