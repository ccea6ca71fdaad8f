package dev.dialplane.local;

import dev.dialplane.local.components.ComponentFinder;
import dev.dialplane.local.components.ComponentSet;
import dev.dialplane.local.components.ComponentsMissingException;
import dev.dialplane.local.install.InstallOptions;
import dev.dialplane.local.process.ProcessLedger;
import dev.dialplane.local.progress.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The program behind {@code ./run}. */
public final class LocalMain {
    private static final Logger LIBRARIES = Logger.getLogger("io.fabric8");
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);

    private LocalMain() {}

    /** Exits with 0 when all went well, 1 when not, 2 for a wrong argument. */
    public static void main(String[] arguments) {
        LIBRARIES.setLevel(Level.SEVERE); // an API server that is down is said once, by us
        CommandLine command = new CommandLine(new RunCommand())
                .addSubcommand(new Stop())
                .addSubcommand(new Components())
                .addSubcommand(new CallCommand())
                .setExecutionExceptionHandler((exception, line, _) -> {
                    line.getErr().println(describe(exception));
                    return 1;
                });
        System.exit(command.execute(arguments));
    }

    private static String describe(Exception exception) {
        boolean expected = exception instanceof IOException
                || exception instanceof IllegalStateException
                || exception instanceof ComponentsMissingException;
        return expected ? String.valueOf(exception.getMessage()) : stackTrace(exception);
    }

    private static String stackTrace(Exception exception) {
        var text = new java.io.StringWriter();
        exception.printStackTrace(new java.io.PrintWriter(text));
        return text.toString();
    }

    /** Ends what a former run left up. */
    @Command(name = "stop", description = "Stops what a former ./run left up, and cleans up after it.")
    static final class Stop implements java.util.concurrent.Callable<Integer> {
        @Option(names = "--out", paramLabel = "DIR", defaultValue = RunCommand.DEFAULT_OUT)
        Path out = Path.of(RunCommand.DEFAULT_OUT);

        @Override
        public Integer call() throws IOException, InterruptedException {
            Progress progress = Progress.to(System.out);
            Path ledger = InstallOptions.ledger(out);
            int found = ProcessLedger.endAll(ledger, STOP_LIMIT, progress::say);
            Files.deleteIfExists(ledger);
            RunCommand.cleanUp(out);
            progress.say(found == 0 ? "nothing was up in " + out : "stopped; logs and recordings stay in " + out);
            return 0;
        }
    }

    /** Finds or builds what a cluster and the tests need. */
    @Command(name = "components", description = "Finds or builds etcd, kube-apiserver, kubectl, buf and Helm.")
    static final class Components implements java.util.concurrent.Callable<Integer> {
        @Option(names = "--node", description = "What a node that runs containers needs too.")
        private boolean node;

        @Option(names = "--keda", description = "KEDA too, which one test is with.")
        private boolean keda;

        @Override
        public Integer call() {
            ComponentFinder finder = ComponentFinder.ofThisMachine(Progress.to(System.err));
            System.out.println(finder.find(ComponentSet.KUBERNETES));
            System.out.println(finder.find(ComponentSet.BUF));
            System.out.println(finder.find(ComponentSet.HELM));
            if (node) {
                System.out.println(finder.find(ComponentSet.NODE));
            }
            if (keda) {
                System.out.println(finder.find(ComponentSet.KEDA));
            }
            return 0;
        }
    }
}
