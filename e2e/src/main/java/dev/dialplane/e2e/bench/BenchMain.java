package dev.dialplane.e2e.bench;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./bench NAME}: runs one benchmark, prints its table, and writes it as JSON when asked. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Runs one benchmark and prints a table: figure, target, verdict. A missed target is reported and"
                + " does not fail the run; a broken invariant does.")
public final class BenchMain implements Callable<Integer> {

    /** One benchmark. */
    interface Bench {
        /** Runs it; throws when it could not be carried out or an invariant was broken. */
        Report run() throws Exception;
    }

    /** Every benchmark there is. */
    enum Name {
        bind("carrier's start message to agent accepted: 60 calls/s Poisson for 60 s over 300 simulated agents"),
        writes("Kubernetes API writes per inbound call, in the API server's audit log over 1,000 calls"),
        turn("end of the caller's speech to first audio on the wire, less what was waited for on purpose");

        private final String measures;

        Name(String measures) {
            this.measures = measures;
        }

        Bench bench() {
            return switch (this) {
                case bind -> new BindBench();
                case writes -> new WritesBench();
                case turn -> new TurnBench();
            };
        }
    }

    @Parameters(
            index = "0",
            arity = "0..1",
            description = "One of: ${COMPLETION-CANDIDATES}. Without it, they are listed.")
    private @Nullable Name name;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures there too.")
    private @Nullable Path json;

    @Override
    public Integer call() throws Exception {
        if (name == null) {
            for (Name each : Name.values()) {
                System.out.printf("%-8s %s%n", each, each.measures);
            }
            return 0;
        }
        Report report = name.bench().run();
        report.print(System.out);
        if (json != null) {
            report.write(json);
            System.out.println("Written to " + json);
        }
        return 0;
    }

    public static void main(String... arguments) {
        System.exit(new CommandLine(new BenchMain()).execute(arguments));
    }
}
