package dev.dialplane.e2e.bench;

import dev.dialplane.e2e.invariants.Violation;
import dev.dialplane.e2e.load.PoissonSchedule;
import dev.dialplane.local.progress.Progress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/**
 * Each fault alone, under a steady load, in a world of its own: how many calls were lost that the fault did not
 * physically hold, whether every session has its one true cause, and when the pools are at their target again.
 */
final class FaultsBench implements BenchMain.Bench {
    private static final Duration BEFORE = Duration.ofSeconds(15);
    private static final Duration AFTER = Duration.ofSeconds(30);
    private static final Duration RECOVERY = Duration.ofSeconds(120);
    private static final Duration SETTLING = Duration.ofSeconds(90);

    private final Load load;
    private final List<Fault> faults;

    FaultsBench(Load load, List<Fault> faults) {
        this.load = load;
        this.faults = faults;
    }

    private record Outcome(
            Fault fault, long lost, long withFault, long calls, double recoverySeconds, List<Violation> violations) {}

    @Override
    public Report run() throws Exception {
        Progress progress = Progress.to(System.out);
        List<Outcome> outcomes = new ArrayList<>();
        for (Fault fault : faults) {
            progress.say(fault + ": " + fault.what());
            outcomes.add(one(fault, progress));
        }
        return report(outcomes);
    }

    private Outcome one(Fault fault, Progress progress) throws Exception {
        World.Shape shape = World.Shape.of(load.agents(), load.namespaces(), load.gateways());
        if (fault == Fault.STALE_CACHE) {
            shape = shape.behindProxy();
        }
        try (World world = new World(Path.of("target/bench/faults").resolve(fault.toString()), shape, progress)) {
            AtomicBoolean over = new AtomicBoolean();
            Thread calls = Thread.ofPlatform()
                    .name("schedule")
                    .start(() -> world.generator()
                            .run(
                                    new PoissonSchedule(20261122, load.rate(), load.holdSeconds(), 300),
                                    Long.MAX_VALUE,
                                    over::get));
            pass(BEFORE);
            Set<String> revisions = world.nodes().serving().keySet();
            long lostBefore = world.book().lostUnexcused();
            progress.say(
                    "%s now; %d calls are on".formatted(fault, world.generator().active()));
            long injected = System.nanoTime();
            world.invariants().faultBegins();
            fault.inject(world);
            world.invariants().faultEnds(CallBook.nowMs());
            boolean back = World.await(() -> atTarget(world, fault, revisions), RECOVERY);
            double recovery = (System.nanoTime() - injected) / 1e9;
            progress.say(back ? "at target %.1f s after the fault".formatted(recovery) : "not at target again");
            pass(AFTER);
            over.set(true);
            calls.join();
            world.generator().hangUpAll();
            world.settle(SETTLING);
            return new Outcome(
                    fault,
                    world.book().lostUnexcused() - lostBefore,
                    world.book().lostWithFault(),
                    world.generator().placed(),
                    back ? recovery : Double.NaN,
                    world.violations());
        }
    }

    private static boolean atTarget(World world, Fault fault, Set<String> revisionsBefore) {
        var serving = world.nodes().serving();
        int agents = serving.entrySet().stream()
                .filter(revision -> !fault.replacesAgents() || !revisionsBefore.contains(revision.getKey()))
                .mapToInt(java.util.Map.Entry::getValue)
                .sum();
        return agents >= world.shape().agents();
    }

    private static void pass(Duration time) {
        World.await(() -> false, time);
    }

    private Report report(List<Outcome> outcomes) throws java.io.IOException {
        List<Report.Row> rows = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        notes.add("%.0f calls/s Poisson of %.0f s over %d agents and %d gateways, each fault alone."
                .formatted(load.rate(), load.holdSeconds(), load.agents(), load.gateways()));
        for (Outcome outcome : outcomes) {
            rows.add(Report.Row.single(
                    outcome.fault() + ", calls lost", "count", outcome.lost(), "0", outcome.lost() == 0));
            rows.add(Report.Row.single(
                    outcome.fault() + ", violations",
                    "count",
                    outcome.violations().size(),
                    "0",
                    outcome.violations().isEmpty()));
            rows.add(Report.Row.single(outcome.fault() + ", recovery", "s", outcome.recoverySeconds(), "", null));
            notes.add("%s: %s; %d calls, %d went with what broke.%s"
                    .formatted(
                            outcome.fault(),
                            outcome.fault().what(),
                            outcome.calls(),
                            outcome.withFault(),
                            Double.isNaN(outcome.recoverySeconds())
                                    ? " NOT at target again within " + RECOVERY.toSeconds() + " s."
                                    : ""));
            outcome.violations().stream()
                    .collect(Collectors.groupingBy(Violation::rule, Collectors.toList()))
                    .forEach((rule, broken) -> notes.add("  %d × %s".formatted(broken.size(), broken.getFirst())));
        }
        return new Report("faults", Report.thisCommit(), Report.thisMachine(), rows, notes);
    }

    @Override
    public boolean broken(Report report) {
        return report.rows().stream().anyMatch(row -> row.name().endsWith("violations") && row.max() > 0);
    }
}
