package dev.dialplane.e2e.bench;

import dev.dialplane.e2e.simulation.Shape;
import java.nio.file.Path;
import java.util.List;
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

        /** Whether an invariant was broken in a run that is reported all the same. */
        default boolean broken(Report report) {
            return false;
        }
    }

    /** Every benchmark there is. */
    enum Name {
        bind(
                "carrier's start message to agent accepted: 60 calls/s Poisson for 60 s over 300 simulated agents or more, then 200 calls/s"),
        writes("Kubernetes API writes per inbound call, in the API server's audit log over 1,000 calls"),
        scale("agents by the thousand in a real API server, Poisson calls, a rollout, kills and a node loss"),
        faults("each fault alone, under a steady load: calls lost, true causes, time to recover"),
        start("exec to Ready of an agent process, and its memory"),
        failover("agents killed in mid-call: until another one speaks, at the caller's socket, and calls lost"),
        bargein("onset of the caller's speech to clear on the wire, and the frames that still come after it"),
        pacing("how evenly the agent's audio comes to the carrier, and how far ahead of the caller's ear"),
        line(
                "ten minutes over a line that loses, delays and reorders frames, with a fast and with a slow carrier's clock"),
        codec("what a frame of 20 ms, or a window of the detector, costs in G.711, resampling and voice activity"),
        density("processor time and memory of one agent in a call, as one of ten"),
        media("processor time and memory of a call in gateway, agent and inference, extrapolated to 10,000"),
        gateway("what one gateway adds to audio each way, and calls a core, with simulated callers and agents"),
        voice("the sample conversation with real models: end of the caller's speech to the reply's first sample"),
        turn("end of the caller's speech to first audio on the wire, less what was waited for on purpose"),
        simulation(
                "50,000 agents and 20 gateways on virtual time: the product's binding and planning, faults, invariants");

        private final String measures;

        Name(String measures) {
            this.measures = measures;
        }
    }

    private Bench bench(Name which) {
        return switch (which) {
            case bind -> new BindBench(agents == null ? 300 : agents);
            case writes -> new WritesBench(calls == null ? 1_000 : calls, rate == null ? 10 : rate);
            case scale -> new ScaleBench(load(1_000, 20));
            case faults ->
                new FaultsBench(load(500, 20), fault == null ? List.of(Fault.values()) : List.of(Fault.named(fault)));
            case start -> new StartBench();
            case failover -> new FailoverBench(calls == null ? 100 : calls);
            case turn -> new TurnBench();
            case bargein -> new BargeInBench();
            case pacing -> new PacingBench();
            case line -> new LineBench(minutes == null ? 10 : minutes, seed);
            case codec -> new CodecBench();
            case density -> new DensityBench();
            case gateway -> new GatewayBench(calls == null ? 100 : calls);
            case voice -> new VoiceBench(calls == null ? 4 : calls);
            case media -> new MediaBench(calls == null ? 20 : calls);
            case simulation ->
                new SimulationBench(Shape.of(
                        seed,
                        agents == null ? 50_000 : agents,
                        gateways == null ? 20 : gateways,
                        rate == null ? 400 : rate,
                        minutes == null ? 10 : minutes));
        };
    }

    private Load load(int usualAgents, double usualRate) {
        int sized = agents == null ? usualAgents : agents;
        double perSecond = rate == null ? usualRate : rate;
        // So many calls at once; as many as leave one agent in five free when nothing is said.
        double atOnce = calls == null ? sized * 0.8 : calls;
        return new Load(
                sized,
                namespaces,
                gateways == null ? 2 : gateways,
                perSecond,
                atOnce / perSecond,
                minutes == null ? 10 : minutes,
                sessions);
    }

    @Parameters(
            index = "0",
            arity = "0..1",
            description = "One of: ${COMPLETION-CANDIDATES}. Without it, they are listed.")
    private @Nullable Name name;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures there too.")
    private @Nullable Path json;

    @Option(names = "--agents", paramLabel = "N", description = "bind, scale, faults, simulation: simulated agents.")
    private @Nullable Integer agents;

    @Option(
            names = "--calls",
            paramLabel = "N",
            description =
                    "scale, faults, media, gateway: calls at once, on average; writes, failover, voice: calls counted.")
    private @Nullable Integer calls;

    @Option(names = "--rate", paramLabel = "R", description = "scale, faults, writes, simulation: calls per second.")
    private @Nullable Double rate;

    @Option(
            names = "--minutes",
            paramLabel = "M",
            description = "scale, simulation, line: how long calls come, or last (10).")
    private @Nullable Double minutes;

    @Option(names = "--gateways", paramLabel = "N", description = "scale, faults, simulation: gateways (2, 2, 20).")
    private @Nullable Integer gateways;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description =
                    "simulation, line: the same one is the same run, or loses the same frames (${DEFAULT-VALUE}).")
    private long seed = 20261122;

    @Option(names = "--namespaces", paramLabel = "N", description = "scale, faults: at least (${DEFAULT-VALUE}).")
    private int namespaces = 4;

    @Option(
            names = "--sessions",
            paramLabel = "N",
            description = "scale: ended sessions that are there before the first call (${DEFAULT-VALUE}).")
    private int sessions;

    @Option(names = "--fault", paramLabel = "NAME", description = "faults: this one only, such as kill-operator.")
    private @Nullable String fault;

    @Override
    public Integer call() throws Exception {
        if (name == null) {
            for (Name each : Name.values()) {
                System.out.printf("%-8s %s%n", each, each.measures);
            }
            return 0;
        }
        Bench bench = bench(name);
        Report report = bench.run();
        report.print(System.out);
        if (json != null) {
            report.write(json);
            System.out.println("Written to " + json);
        }
        return bench.broken(report) ? 1 : 0;
    }

    public static void main(String... arguments) {
        System.exit(new CommandLine(new BenchMain()).execute(arguments));
    }
}
