package dev.dialplane.e2e.bench;

import dev.dialplane.e2e.invariants.Violation;
import dev.dialplane.e2e.load.PoissonSchedule;
import dev.dialplane.local.progress.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/**
 * Many agents in a real API server, many calls at once, Poisson starts; and while they come a rollout, an operator kill, a
 * gateway kill and a node loss. Everything but agents and callers is real; there is no audio.
 */
final class ScaleBench implements BenchMain.Bench {
    /** What happens, and at which share of the run. */
    private static final List<Fault> FAULTS =
            List.of(Fault.ROLLOUT, Fault.KILL_OPERATOR, Fault.KILL_GATEWAY, Fault.LOSE_NODE);

    private static final Duration SETTLING = Duration.ofMinutes(3);

    private final Load load;

    ScaleBench(Load load) {
        this.load = load;
    }

    @Override
    public Report run() throws Exception {
        Progress progress = Progress.to(System.out);
        World.Shape shape = World.Shape.of(load.agents(), load.namespaces(), load.gateways());
        try (World world = new World(Path.of("target/bench/scale"), shape, progress);
                ScheduledExecutorService everySecond = Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().factory())) {
            if (load.formerSessions() > 0) {
                FormerCalls.create(world.plane().client(), world.pools(), load.formerSessions(), world.sessions());
                progress.say("%d ended sessions are there".formatted(load.formerSessions()));
            }
            progress.say("raising to %.0f calls at once".formatted(load.rate() * load.holdSeconds()));
            world.book().startMeasuring();
            CpuShares shares = new CpuShares(world.plane());
            var unused = everySecond.scheduleAtFixedRate(() -> sample(shares, world, progress), 1, 1, TimeUnit.SECONDS);
            AtomicBoolean over = new AtomicBoolean();
            Thread faults = Thread.ofPlatform().name("faults").start(() -> injectAll(world, over, progress));
            long begun = System.nanoTime();
            long lasts = (long) (load.minutes() * 60e9);
            int most = place(world, lasts);
            double seconds = (System.nanoTime() - begun) / 1e9;
            long answered = world.book().answered();
            over.set(true);
            faults.join();
            progress.say("no more calls; %d are on".formatted(world.generator().active()));
            world.generator().hangUpAll();
            world.settle(SETTLING);
            everySecond.shutdownNow();
            return report(world, shares, seconds, answered, most);
        }
    }

    private int place(World world, long lastsNanos) {
        int[] most = {0};
        world.generator().run(new PoissonSchedule(20261122, load.rate(), load.holdSeconds(), 540), lastsNanos, () -> {
            most[0] = Math.max(most[0], world.generator().active());
            return false;
        });
        return most[0];
    }

    private int seconds;

    private void sample(CpuShares shares, World world, Progress progress) {
        try {
            shares.sample();
        } catch (IOException e) {
            progress.say("processes cannot be looked at: " + e);
        }
        if (++seconds % 10 == 0) {
            progress.say("%d calls on, %d answered, %d not answered, %d lost, %d sessions, %d agents"
                    .formatted(
                            world.generator().active(),
                            world.book().answered(),
                            world.book().notAnswered(),
                            world.book().lostUnexcused(),
                            world.sessions().present(),
                            world.serving()));
        }
    }

    private void injectAll(World world, AtomicBoolean over, Progress progress) {
        long begun = System.nanoTime();
        for (int number = 0; number < FAULTS.size(); number++) {
            double share = (number + 1.0) / (FAULTS.size() + 1);
            long at = begun + (long) (share * load.minutes() * 60e9);
            if (!World.await(() -> System.nanoTime() >= at || over.get(), Duration.ofHours(24)) || over.get()) {
                return;
            }
            Fault fault = FAULTS.get(number);
            progress.say(fault + ": " + fault.what());
            try {
                world.invariants().faultBegins();
                fault.inject(world);
                world.invariants().faultEnds(CallBook.nowMs());
                progress.say(fault + " is injected");
            } catch (Exception e) {
                progress.say(fault + " could not be injected: " + e);
            }
        }
    }

    private Report report(World world, CpuShares shares, double seconds, long answered, int most) {
        CallBook book = world.book();
        List<Violation> violations = world.violations();
        Samples cores = shares.operatorCores();
        double rate = answered / seconds;
        List<Report.Row> rows = List.of(
                Report.Row.single("violations", "count", violations.size(), "0", violations.isEmpty()),
                Report.Row.single(
                        "operator RSS",
                        "MB",
                        shares.mostMegabytes("operator"),
                        "≤ 600 MB",
                        shares.mostMegabytes("operator") <= 600),
                Report.Row.of("operator core", "cores", cores, "≤ 1", cores.percentile(50) <= 1),
                Report.Row.ofMicros(
                        "session visible",
                        book.visible(),
                        "p99 ≤ 1000 ms",
                        book.visible().getValueAtPercentile(99) <= 1_000_000),
                Report.Row.ofMicros(
                        "session visible, no kill",
                        book.visibleWhileUp(),
                        "p99 ≤ 1000 ms",
                        book.visibleWhileUp().getValueAtPercentile(99) <= 1_000_000),
                Report.Row.single("starts per second", "1/s", rate, "≥ 20 for 10 minutes", rate >= 20),
                Report.Row.ofMicros("due to agent", book.bind(), "", null),
                Report.Row.single("calls lost", "count", book.lostUnexcused(), "0", book.lostUnexcused() == 0));
        List<String> notes = new ArrayList<>();
        notes.add(
                "%d agents in %d namespaces on %d nodes, %d gateways; %.0f calls/s Poisson of %.0f s for %.0f s: %d calls, %d answered, at most %d at once."
                        .formatted(
                                load.agents(),
                                world.pools().size(),
                                world.shape().nodes(),
                                load.gateways(),
                                load.rate(),
                                load.holdSeconds(),
                                seconds,
                                world.generator().placed(),
                                answered,
                                most));
        notes.add(
                "%d calls went with the gateway or the node that held them; %d were not answered. The generator was at most %.1f ms late."
                        .formatted(
                                book.lostWithFault(),
                                book.notAnswered(),
                                world.generator().latestNanos() / 1e6));
        notes.add("While calls came: " + FAULTS.stream().map(Fault::what).collect(Collectors.joining("; ")) + ".");
        notes.addAll(shares.lines());
        notes.add("The operator by fifths of the run (the killed one and its successor): " + shares.operatorByFifths());
        notes.add("%d sessions at the end, %d deleted since the beginning."
                .formatted(world.sessions().present(), world.sessions().deleted()));
        violations.stream()
                .collect(Collectors.groupingBy(Violation::rule, Collectors.toList()))
                .forEach((rule, broken) -> notes.add("%d × %s".formatted(broken.size(), broken.getFirst())));
        return new Report("scale", Report.thisCommit(), Report.thisMachine(), rows, notes);
    }

    @Override
    public boolean broken(Report report) {
        return report.rows().getFirst().max() > 0;
    }
}
