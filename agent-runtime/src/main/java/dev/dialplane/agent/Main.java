package dev.dialplane.agent;

import dev.dialplane.agent.rehearsal.Rehearsal;
import dev.dialplane.agent.rehearsal.Training;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URISyntaxException;
import java.nio.file.Path;

/**
 * Starts an agent from its environment; or, on the way to an image:
 *
 * <pre>
 * java @agent.flags -jar agent-runtime.jar --rehearse   one call with itself, over loopback, with scripted models
 * java -jar agent-runtime.jar --train                   makes agent-runtime.aot beside the jar, by a rehearsal
 * </pre>
 *
 * With the cache it is {@code java @agent.flags -XX:AOTCache=agent-runtime.aot -jar agent-runtime.jar}.
 */
public final class Main {
    private Main() {}

    /** Runs until the agent's life is over, and exits with its status. */
    public static void main(String[] arguments) throws IOException, InterruptedException, URISyntaxException {
        switch (arguments.length == 0 ? "" : arguments[0]) {
            case "" -> serve();
            case "--rehearse" -> rehearse();
            case "--train" -> train();
            default -> {
                System.err.println("argument is '" + arguments[0] + "', allowed are --rehearse and --train");
                System.exit(64);
            }
        }
    }

    private static void serve() throws IOException {
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

    private static void rehearse() throws IOException, InterruptedException {
        LogFormat.install("rehearsal", "");
        try (Rehearsal rehearsal = new Rehearsal()) {
            AgentProcess process = new AgentProcess(
                    new Settings(
                            "rehearsal",
                            Rehearsal.POD_UID,
                            "127.0.0.1",
                            0,
                            "",
                            "",
                            "127.0.0.1",
                            rehearsal.inferencePort(),
                            null,
                            0),
                    _ -> {});
            rehearsal.call(process.port());
            process.terminate();
            process.close();
        }
    }

    private static void train() throws IOException, InterruptedException, URISyntaxException {
        Path app = Path.of(Main.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .resolveSibling("")
                .toAbsolutePath();
        boolean trained = Training.train(app);
        System.out.println(trained ? "trained " + app.resolve("agent-runtime.aot") : "the cache is up to date");
    }
}
