package dev.dialplane.e2e.bench;

import dev.dialplane.local.caller.carrier.Impairment;
import dev.dialplane.local.caller.carrier.LineEnd;
import dev.dialplane.local.caller.carrier.LineLog;
import dev.dialplane.local.caller.carrier.LineLog.Arrival;
import dev.dialplane.local.caller.report.Spoken;
import dev.dialplane.local.caller.report.Turn;
import dev.dialplane.local.caller.speech.Mouth;
import dev.dialplane.local.install.LocalInstallation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A long call over a bad line: one frame of a hundred is lost, two come 20 to 60 ms late and behind those that follow them,
 * and the carrier's clock is 100 ppm fast in one call and as slow in another. What differs between the beginning and the end
 * is what a call piles up: memory, audio that waits, time.
 *
 * <p>Times are by the carrier's clock. The way of the caller's audio is from the time at which a frame goes out to the
 * agent's latest at the moment when it recorded something, and back: the record comes through the gateway, its disk and
 * HTTP, which is the same in the beginning and at the end.
 */
final class LineBench implements BenchMain.Bench {
    private static final double LOSS = 0.01;
    private static final double LATE = 0.02;
    private static final double[] DRIFTS_PPM = {100, -100};

    private static final double FIRST_ONSET_MS = 1_500;
    private static final double REST_MS = 2_800;
    /** What a clip and its rest take at the least. */
    private static final double SHORTEST_TURN_MS = 3_400;

    private static final double MOST_LEAD_MS = 300;
    private static final String LOST = "calls lost";
    private static final String LEAD = "lead";

    private final double minutes;
    private final long seed;

    /**
     * @param minutes of each call, 1 or more
     */
    LineBench(double minutes, long seed) {
        if (minutes < 1 || minutes > 60) {
            throw new IllegalArgumentException("--minutes is " + minutes + ", allowed is 1 to 60");
        }
        this.minutes = minutes;
        this.seed = seed;
    }

    /** A stretch of a call, ms. */
    private record Window(double fromMs, double toMs) {
        boolean has(double ms) {
            return ms >= fromMs && ms < toMs;
        }
    }

    /** One call, and what was seen of it. */
    private record Seen(
            LineLog log,
            List<Turn.Response> responses,
            List<Double> endsMs,
            List<double[]> ways,
            int said,
            long lost,
            long reordered,
            Optional<LineEnd> endedEarly) {}

    /** Resident memory of the calls' agents and of the gateway, MB. */
    private record Memory(Samples agents, double gateway) {
        static Memory now(LocalInstallation installation, List<Long> agents) throws IOException, InterruptedException {
            Samples each = new Samples();
            agents.forEach(pid -> each.add(ProcessUse.residentMegabytes(pid)));
            double gateway = installation.gateway().pids().stream()
                    .mapToDouble(ProcessUse::residentMegabytes)
                    .sum();
            return new Memory(each, gateway);
        }
    }

    @Override
    public Report run() throws Exception {
        double lengthMs = minutes * 60_000;
        double minute = Math.min(60_000, lengthMs / 2);
        double two = Math.min(120_000, lengthMs / 2);
        try (SpokenSystem system = SpokenSystem.start("line", "short-reply.yaml", DRIFTS_PPM.length)) {
            system.say(String.format(
                    Locale.ROOT,
                    "%d calls of %.1f minutes, %.0f %% lost, %.0f %% late, clocks %.0f ppm off",
                    DRIFTS_PPM.length,
                    minutes,
                    100 * LOSS,
                    100 * LATE,
                    DRIFTS_PPM[0]));
            List<Memory> memory = java.util.Collections.synchronizedList(new ArrayList<>());
            List<Seen> calls =
                    system.together(DRIFTS_PPM.length, number -> oneCall(system, number, lengthMs, minute, memory));
            return report(
                    calls,
                    memory,
                    new Window(0, minute),
                    new Window(lengthMs - minute, lengthMs),
                    new Window(0, two),
                    new Window(lengthMs - two, lengthMs));
        }
    }

    private Seen oneCall(SpokenSystem system, int number, double lengthMs, double minute, List<Memory> memory)
            throws Exception {
        int turns = (int) (lengthMs / SHORTEST_TURN_MS);
        var schedule = new ScheduledCall.Schedule(number, turns, FIRST_ONSET_MS, REST_MS, 0);
        var impairment = new Impairment(LOSS, LATE, DRIFTS_PPM[number], seed + number);
        try (ScheduledCall call = system.place(schedule, impairment)) {
            Optional<LineEnd> ended = call.until(minute);
            if (number == DRIFTS_PPM.length - 1 && ended.isEmpty()) {
                // The last call to be placed is the last to be a minute old: the others are, too.
                List<Long> agents = MediaPath.busyAgents(system.installation());
                memory.add(Memory.now(system.installation(), agents));
                ended = call.until(lengthMs - 500);
                memory.add(Memory.now(system.installation(), agents));
            }
            if (ended.isEmpty()) {
                ended = call.until(lengthMs);
            }
            return seen(call, ended, lengthMs);
        }
    }

    private static Seen seen(ScheduledCall call, Optional<LineEnd> ended, double lengthMs) {
        List<double[]> ways = new ArrayList<>();
        for (ScheduledCall.Told told : call.told()) {
            double heard = told.event().getMediaTimeMs();
            ways.add(new double[] {heard, call.line().ms(told.nanos()) - heard});
        }
        List<Turn.Response> responses = new ArrayList<>();
        List<Double> ends = new ArrayList<>();
        for (Turn.Agent turn : call.report().agentTurns()) {
            if (turn.response() != null) {
                responses.add(turn.response());
                ends.add(turn.startMs());
            }
        }
        int said = (int) call.spoken().stream()
                .map(Spoken::endMs)
                .filter(ms -> ms + REST_MS <= lengthMs)
                .count();
        return new Seen(
                call.log(),
                responses,
                ends,
                ways,
                said,
                call.line().framesLost(),
                call.line().framesReordered(),
                ended);
    }

    private static Report report(
            List<Seen> calls, List<Memory> memory, Window first, Window last, Window firstTwo, Window lastTwo) {
        List<Report.Row> rows = new ArrayList<>();
        long lost = calls.stream().filter(call -> call.endedEarly.isPresent()).count();
        rows.add(Report.Row.single(LOST, "calls", lost, "0", lost == 0));
        if (memory.size() == 2) {
            rows.add(Report.Row.of("agent RSS, first minute", "MB", memory.get(0).agents, "", null));
            rows.add(Report.Row.of("agent RSS, last minute", "MB", memory.get(1).agents, "", null));
            rows.add(Report.Row.single("gateway RSS, first minute", "MB", memory.get(0).gateway, "", null));
            rows.add(Report.Row.single("gateway RSS, last minute", "MB", memory.get(1).gateway, "", null));
        }
        for (String name : List.of("first", "last")) {
            Window window = name.equals("first") ? first : last;
            Samples lead = new Samples();
            Samples way = new Samples();
            for (Seen call : calls) {
                call.log.arrivals().stream()
                        .filter(arrival -> window.has(arrival.ms()))
                        .forEach(arrival -> lead.add(leadMs(arrival)));
                call.ways.stream().filter(each -> window.has(each[0])).forEach(each -> way.add(each[1]));
            }
            String target = "max ≤ " + (int) MOST_LEAD_MS + " ms";
            boolean met = lead.percentile(100) <= MOST_LEAD_MS;
            rows.add(Report.Row.of(LEAD + ", " + name + " minute", "ms", lead, target, met));
            rows.add(Report.Row.of("way, " + name + " minute", "ms", way, "", null));
        }
        Samples all = new Samples();
        calls.forEach(call -> call.log.arrivals().forEach(arrival -> all.add(leadMs(arrival))));
        rows.add(Report.Row.of(
                LEAD + ", all", "ms", all, "max ≤ " + (int) MOST_LEAD_MS + " ms", all.percentile(100) <= MOST_LEAD_MS));
        rows.add(responses("response, first minutes", calls, firstTwo));
        rows.add(responses("response, last minutes", calls, lastTwo));
        return new Report("line", Report.thisCommit(), Report.thisMachine(), rows, notes(calls, first, firstTwo));
    }

    private static Report.Row responses(String name, List<Seen> calls, Window window) {
        Samples samples = new Samples();
        for (Seen call : calls) {
            for (int i = 0; i < call.responses.size(); i++) {
                if (window.has(call.endsMs.get(i))) {
                    samples.add(call.responses.get(i).totalMs());
                }
            }
        }
        return Report.Row.of(name, "ms", samples, "", null);
    }

    private static List<String> notes(List<Seen> calls, Window first, Window firstTwo) {
        List<String> notes = new ArrayList<>();
        for (int i = 0; i < calls.size(); i++) {
            Seen call = calls.get(i);
            notes.add(String.format(
                    Locale.ROOT,
                    "%+.0f ppm: %d frames, %d of them never sent and %d late on purpose, %d more than 10 ms late by the"
                            + " caller's own fault; %d clips said, %d replies measured%s.",
                    DRIFTS_PPM[i],
                    call.log.framesSent(),
                    call.lost,
                    call.reordered,
                    call.log.framesLate(),
                    call.said,
                    call.responses.size(),
                    call.endedEarly.map(end -> "; ended early: " + end).orElse("")));
        }
        notes.add(String.format(
                Locale.ROOT,
                "First and last: %.0f s for lead and way, %.0f s for responses; memory after the first and at the end.",
                first.toMs / 1000,
                firstTwo.toMs / 1000));
        notes.add("Way: of the caller's audio to the agent, frames of 20 ms and the record's way back included.");
        return notes;
    }

    private static double leadMs(Arrival arrival) {
        return (arrival.queuedSamples() + arrival.samples()) * 1000.0 / Mouth.RATE;
    }

    /** A call was lost, or the carrier was fed too far ahead. */
    @Override
    public boolean broken(Report report) {
        Predicate<Report.Row> lost = row -> row.name().equals(LOST) && row.max() > 0;
        Predicate<Report.Row> fed = row -> row.name().startsWith(LEAD) && !(row.max() <= MOST_LEAD_MS);
        return report.rows().stream().anyMatch(lost.or(fed));
    }
}
