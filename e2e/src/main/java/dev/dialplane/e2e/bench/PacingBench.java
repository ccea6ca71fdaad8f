package dev.dialplane.e2e.bench;

import dev.dialplane.local.caller.carrier.LineLog;
import dev.dialplane.local.caller.carrier.PlayBuffer;
import dev.dialplane.local.caller.speech.Mouth;
import java.util.ArrayList;
import java.util.List;

/**
 * How evenly the agent's audio comes to the carrier: replies of eight seconds, heard to their end, in ten calls at once.
 *
 * <p>Jitter is by how much the time between two frames differs from the time that the first of them lasts, once the
 * carrier's queue was filled: the first {@value #FILLING_MS} ms of a reply come faster on purpose. Lead is what waits at
 * the carrier after a frame has come. A frame is late if the carrier had nothing left to play in the middle of a reply.
 */
final class PacingBench implements BenchMain.Bench {
    private static final int CALLS = 10;
    private static final int TURNS = 12;
    private static final double FIRST_ONSET_MS = 1_000;
    /** Longer than a reply. */
    private static final double REST_MS = 9_500;

    private static final double FILLING_MS = 400;
    /** A pause of this length parts two replies. */
    private static final double PAUSE_MS = 500;

    private static final double FRAME_MS = PlayBuffer.FRAME * 1000.0 / Mouth.RATE;

    @Override
    public Report run() throws Exception {
        try (SpokenSystem system = SpokenSystem.start("pacing", "long-reply.yaml", CALLS)) {
            system.say("warming up");
            listen(system, CALLS, 2);
            Figures alone = listen(system, 1, TURNS);
            List<Report.Row> rows = new ArrayList<>();
            Figures together;
            Report.Row hiccups;
            try (Hiccups machine = new Hiccups()) {
                together = listen(system, CALLS, TURNS);
                hiccups = machine.row();
            }
            rows(rows, alone, ", 1 call");
            rows(rows, together, ", 10 calls");
            rows.add(hiccups);
            return new Report(
                    "pacing",
                    Report.thisCommit(),
                    Report.thisMachine(),
                    rows,
                    List.of(
                            "Frames: %d alone, %d together; replies: %d and %d."
                                    .formatted(alone.frames, together.frames, alone.replies, together.replies),
                            "Late frames, those in the first %.0f ms of a reply: %d of %d alone, %d of %d together."
                                    .formatted(
                                            FILLING_MS,
                                            alone.lateAtFirst,
                                            alone.late,
                                            together.lateAtFirst,
                                            together.late),
                            "The callers, ten agents, gateway, inference, operator and API server share the machine."));
        }
    }

    private static void rows(List<Report.Row> rows, Figures figures, String calls) {
        Samples jitter = figures.jitter;
        rows.add(Report.Row.of("jitter" + calls, "ms", jitter, "p99.9 ≤ 10 ms", jitter.percentile(99.9) <= 10));
        Samples lead = figures.lead;
        rows.add(Report.Row.of("lead" + calls, "ms", lead, "max ≤ 300 ms", lead.percentile(100) <= 300));
        double late = 100.0 * figures.late / figures.frames;
        rows.add(Report.Row.single("late frames" + calls, "%", late, "0", figures.late == 0));
    }

    private static final class Figures {
        final Samples jitter = new Samples();
        final Samples lead = new Samples();
        long frames;
        long late;
        long lateAtFirst;
        long replies;
    }

    private static Figures listen(SpokenSystem system, int calls, int turns) throws Exception {
        system.say("%d call%s of %d replies each".formatted(calls, calls == 1 ? "" : "s", turns));
        Figures figures = new Figures();
        for (LineLog log : system.together(calls, number -> oneCall(system, number, turns))) {
            measure(log, figures);
        }
        return figures;
    }

    private static LineLog oneCall(SpokenSystem system, int number, int turns) throws Exception {
        var schedule = new ScheduledCall.Schedule(number, turns, FIRST_ONSET_MS, REST_MS, 0);
        try (ScheduledCall call = system.place(schedule)) {
            call.until(call.endMs());
            return call.log();
        }
    }

    private static void measure(LineLog log, Figures figures) {
        LineLog.Arrival before = null;
        double began = 0;
        for (LineLog.Arrival frame : log.arrivals()) {
            figures.frames++;
            figures.lead.add((frame.queuedSamples() + frame.samples()) * 1000.0 / Mouth.RATE);
            if (before == null || frame.ms() - before.ms() >= PAUSE_MS) {
                figures.replies++;
                began = frame.ms();
            } else {
                boolean filling = frame.ms() - began < FILLING_MS;
                if (!filling) {
                    figures.jitter.add(
                            Math.abs(frame.ms() - before.ms() - before.samples() * FRAME_MS / PlayBuffer.FRAME));
                }
                if (frame.queuedSamples() == 0 && frame.ms() - before.ms() > FRAME_MS) {
                    figures.late++;
                    figures.lateAtFirst += filling ? 1 : 0;
                }
            }
            before = frame;
        }
    }
}
