package dev.dialplane.e2e.bench;

import dev.dialplane.e2e.invariants.Violation;
import dev.dialplane.e2e.simulation.Figures;
import dev.dialplane.e2e.simulation.Shape;
import dev.dialplane.e2e.simulation.Simulation;
import dev.dialplane.local.progress.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/**
 * What this machine cannot hold, on virtual time: the binding of gateways and the decisions of the operator are the
 * product's code; agents, callers, the network and the Kubernetes API are simulated, from a seed.
 */
final class SimulationBench implements BenchMain.Bench {
    /** What a gateway tells of single calls is too much of a hundred thousand. */
    private static final Logger BINDING = Logger.getLogger("dev.dialplane.gateway.binding");

    private final Shape shape;

    SimulationBench(Shape shape) {
        this.shape = shape;
    }

    @Override
    public Report run() {
        Progress progress = Progress.to(System.out);
        progress.say("seed " + shape.seed());
        BINDING.setLevel(Level.SEVERE);
        Figures found = Simulation.run(shape, progress::say);
        int gateways = shape.gateways();
        double virtualSeconds = found.virtualSeconds;
        List<Report.Row> rows = List.of(
                Report.Row.single("violations", "count", found.violations.size(), "0", found.violations.isEmpty()),
                Report.Row.ofMicros("bind, calm (virtual)", found.bindInCalm, "", null),
                Report.Row.ofMicros("bind, faults (virtual)", found.bindInTrouble, "", null),
                counts("offers per call", "count", found.offersPerCall),
                counts("connections per gateway", "count", found.connections),
                counts("connections opened", "1/s", found.opened),
                counts("calls per gateway", "count", found.callsPerGateway),
                Report.Row.ofMicros("binding loop task (CPU)", found.loopTask, "", null),
                Report.Row.ofMicros("plan of one pool (CPU)", found.planning, "", null),
                Report.Row.single("calls", "count", found.calls, "", null),
                Report.Row.single("calls without an end", "count", found.open, "0", found.open == 0),
                Report.Row.single("wall clock", "s", found.wallSeconds, "", null),
                Report.Row.single("events per second", "1/s", found.events / found.wallSeconds, "", null));
        List<String> notes = new ArrayList<>();
        notes.add(
                "Seed %d. %d agents at most, %d wanted at most, %d busy at most, in %d namespaces; %d gateways and one more; %.0f calls/s Poisson of %.0f s for %d virtual s; %d agents retired, %d refused to."
                        .formatted(
                                shape.seed(),
                                found.mostAgents,
                                found.mostTarget,
                                found.mostBusy,
                                shape.namespaces(),
                                gateways,
                                shape.callsPerSecond(),
                                shape.holdSeconds(),
                                shape.lasts().toSeconds(),
                                found.retired,
                                found.retirementsRefused));
        notes.add("Searches: %s. Offers: %s.".formatted(found.searches, found.offers));
        notes.add("Ends: %s; %d callers were cut off with their gateway, %d of them before anybody had answered."
                .formatted(found.ends, found.dropped, found.unknown));
        notes.add("Binding loops: %.4f of a core each; planning: %.3f of a core, looking at a pool every %d ms at most."
                .formatted(
                        found.loopSeconds / virtualSeconds / gateways,
                        found.planSeconds / virtualSeconds,
                        shape.gathered().toMillis()));
        notes.add("Live heap, MB: "
                + found.heap.entrySet().stream()
                        .map(point -> "%s %.0f".formatted(point.getKey(), point.getValue() / 1e6))
                        .collect(Collectors.joining("; "))
                + ".");
        notes.add(memory(found.heap));
        notes.add("What happened: " + String.join("; ", found.diary) + ".");
        found.violations.stream()
                .collect(Collectors.groupingBy(Violation::rule))
                .forEach((rule, broken) -> notes.add("%d × %s".formatted(broken.size(), broken.getFirst())));
        return new Report("simulation", Report.thisCommit(), Report.thisMachine(), rows, notes);
    }

    private String memory(Map<String, Long> heap) {
        double agents = shape.agents();
        double known = grown(heap, "agents", "gateways know them") / agents / shape.gateways();
        return "A gateway that knows an agent: %.0f bytes (its address shared here).".formatted(known);
    }

    private static double grown(Map<String, Long> heap, String from, String to) {
        return heap.getOrDefault(to, 0L) - heap.getOrDefault(from, 0L);
    }

    private static Report.Row counts(String name, String unit, Histogram counts) {
        return new Report.Row(
                name,
                unit,
                counts.getTotalCount(),
                counts.getMinValue(),
                counts.getValueAtPercentile(50),
                counts.getValueAtPercentile(90),
                counts.getValueAtPercentile(99),
                counts.getValueAtPercentile(99.9),
                counts.getMaxValue(),
                "",
                null);
    }

    @Override
    public boolean broken(Report report) {
        return report.rows().getFirst().max() > 0;
    }
}
