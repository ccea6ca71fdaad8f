package dev.dialplane.agent;

import java.io.IOException;
import java.lang.System.Logger.Level;

/** Starts an agent from its environment. */
public final class Main {
    private Main() {}

    /** Runs until the agent's life is over, and exits with its status. */
    public static void main(String[] arguments) throws IOException {
        Settings settings;
        try {
            settings = Settings.of(System.getenv());
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(64);
            return;
        }
        LogFormat.install(settings.podName(), settings.pool());
        System.Logger log = System.getLogger(Main.class.getName());
        AgentProcess process = new AgentProcess(settings, gone -> {
            log.log(
                    gone.status() == 0 ? Level.INFO : Level.ERROR,
                    "exits with status {0}: {1}",
                    gone.status(),
                    gone.why());
            // Not on the loop, which the shutdown hook waits for.
            Thread.ofPlatform().start(() -> System.exit(gone.status()));
        });
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> finish(process)));
        log.log(Level.INFO, "ready at {0}:{1}", settings.address(), Integer.toString(process.port()));
    }

    /** SIGTERM comes here, too: the call in progress ends first, and the status is the agent's rather than the signal's. */
    private static void finish(AgentProcess process) {
        try {
            int status = process.terminate();
            process.close();
            Runtime.getRuntime().halt(status);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
