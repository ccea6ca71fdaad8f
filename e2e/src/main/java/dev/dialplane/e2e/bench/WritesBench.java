package dev.dialplane.e2e.bench;

import dev.dialplane.e2e.load.PoissonSchedule;
import dev.dialplane.local.progress.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * API writes per inbound call, counted in the API server's audit log over 1,000 calls, Leases apart. A session is deleted
 * ten minutes after its call; here so few are kept that each call's end deletes an older one, so that deletions show in a
 * short run.
 */
final class WritesBench implements BenchMain.Bench {
    private static final int AGENTS = 100;
    private static final int KEPT = 100;
    /** Calls at once, on average, whatever their rate: agents are never short. */
    private static final double AT_ONCE = 30;

    private static final Duration PATIENCE = Duration.ofSeconds(150);

    private final int calls;
    private final double rate;
    private final double holdSeconds;

    /**
     * Not begun.
     *
     * @param calls how many are counted
     * @param rate calls per second
     */
    WritesBench(int calls, double rate) {
        this.calls = calls;
        this.rate = rate;
        this.holdSeconds = AT_ONCE / rate;
    }

    @Override
    public Report run() throws Exception {
        Progress progress = Progress.to(System.out);
        World.Shape shape = new World.Shape(AGENTS, 1, 4, 1, KEPT, 0, false);
        try (World world = new World(Path.of("target/bench/writes"), shape, progress)) {
            AuditLog log = new AuditLog(
                    world.plane().cluster().auditLog(), world.plane().client());
            PoissonSchedule schedule = new PoissonSchedule(20261122, rate, holdSeconds, 4 * holdSeconds);
            place(world, schedule, KEPT + 50);
            awaitDeletions(world);
            var unused = log.sinceLast();
            world.book().keepAnswerTimes();
            long answeredBefore = world.book().answered();
            int deletedBefore = world.sessions().deleted();
            progress.say("warm; counting the writes of " + calls + " calls");
            place(world, new PoissonSchedule(42, rate, holdSeconds, 4 * holdSeconds), calls);
            awaitDeletions(world);
            List<AuditLog.Write> writes = log.sinceLast();
            long answered = world.book().answered() - answeredBefore;
            progress.say("%d calls, %d answered, %d sessions deleted"
                    .formatted(calls, answered, world.sessions().deleted() - deletedBefore));
            return report(world, writes, answered);
        }
    }

    private static void place(World world, PoissonSchedule schedule, int count) {
        long before = world.generator().placed();
        world.generator().run(schedule, Long.MAX_VALUE, () -> world.generator().placed() - before >= count);
    }

    private static void awaitDeletions(World world) throws IOException {
        world.settle(PATIENCE);
        if (!World.await(() -> world.sessions().present() <= KEPT, PATIENCE)) {
            throw new IOException(
                    "%d sessions are kept, not %d".formatted(world.sessions().present(), KEPT));
        }
    }

    private Report report(World world, List<AuditLog.Write> writes, long answered) throws IOException {
        Map<String, Integer> ofCalls = new TreeMap<>();
        Map<String, Integer> others = new TreeMap<>();
        int before = 0;
        int failed = 0;
        int counted = 0;
        Map<String, Instant> answers = world.book().answerTimes();
        for (AuditLog.Write write : writes) {
            if (write.resource().equals("leases")) {
                others.merge(write.kind(), 1, Integer::sum);
                continue;
            }
            counted++;
            boolean session = write.resource().startsWith("callsessions");
            (session ? ofCalls : others).merge(write.kind(), 1, Integer::sum);
            if (write.code() >= 400) {
                failed++;
            }
            Instant answer = answers.get(write.namespace() + "/" + write.name());
            if (session && answer != null && write.at().isBefore(answer)) {
                before++;
            }
        }
        List<String> notes = new ArrayList<>();
        ofCalls.forEach((kind, count) ->
                notes.add("  %-34s %6d  %.3f per call".formatted(kind, count, (double) count / calls)));
        others.forEach((kind, count) -> notes.add("  %-34s %6d  (%s)"
                .formatted(kind, count, kind.endsWith("leases") ? "not counted" : "counted, of no one call")));
        notes.add(
                "%d calls of %.0f s at %.0f/s Poisson, %d answered; %d writes failed. The record of a call is deleted when %d newer ones are kept."
                        .formatted(calls, holdSeconds, rate, answered, failed, KEPT));
        notes.add(
                "Before audio: sessions' writes that the API server received before the agent's conversation opened.");
        if (!world.violations().isEmpty()) {
            throw new IOException(world.violations().size() + " invariants broken, the first: "
                    + world.violations().getFirst());
        }
        double perCall = (double) counted / calls;
        return new Report(
                "writes",
                Report.thisCommit(),
                Report.thisMachine(),
                List.of(
                        Report.Row.single("writes per call", "count", perCall, "≤ 4", perCall <= 4),
                        Report.Row.single("writes before audio", "count", before, "0", before == 0)),
                notes);
    }
}
