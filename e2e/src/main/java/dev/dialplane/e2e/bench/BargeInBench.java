package dev.dialplane.e2e.bench;

import dev.dialplane.agent.hearing.Ear;
import dev.dialplane.local.caller.carrier.LineLog;
import dev.dialplane.local.caller.carrier.PlayBuffer;
import dev.dialplane.local.caller.report.Spoken;
import dev.dialplane.local.caller.speech.Mouth;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/**
 * How soon the agent falls silent when the caller speaks over it. Replies are longer than the time between two clips, so
 * that every clip but the first interrupts one; models take no time. A sample is the time from the true onset of a clip to
 * the carrier's {@code clear} at the caller's socket; the time from the arrival of the frame with which the same detector,
 * run over the same frames afterwards, decides; and the agent's frames that still come after the clear.
 */
final class BargeInBench implements BenchMain.Bench {
    private static final int CALLS = 10;
    private static final int TURNS_ALONE = 60;
    private static final int TURNS_TOGETHER = 60;
    private static final double FIRST_ONSET_MS = 1_000;
    /** The reply has begun by then, and is not over. */
    private static final double REST_MS = 1_800;

    private static final double SPREAD_MS = 700;
    /** An interruption later than this is none. */
    private static final double PATIENCE_MS = 1_500;
    /** Of the audio that came to the caller's socket last, so much may lie between the agent's words. */
    private static final double SPEAKING_WITHIN_MS = 100;

    /**
     * What comes so soon after a clear is of the old reply: a new one, or the rest of a reply that was cut for nothing, comes
     * no sooner than 200 ms after the caller has fallen silent.
     */
    private static final double OLD_MS = 200;

    private static final double AUDIBLE_DBOV = -50;
    private static final int FRAME = PlayBuffer.FRAME;

    @Override
    public Report run() throws Exception {
        try (SpokenSystem system = SpokenSystem.start("bargein", "long-reply.yaml", CALLS)) {
            // Every agent has held a call: what cold code costs is the bench turn's to tell.
            system.say("warming up");
            interrupt(system, CALLS, 15);
            Figures alone = interrupt(system, 1, TURNS_ALONE);
            Figures together = interrupt(system, CALLS, TURNS_TOGETHER);
            List<Report.Row> rows = new ArrayList<>();
            rows(rows, alone, ", 1 call");
            rows(rows, together, ", 10 calls");
            return new Report(
                    "bargein",
                    Report.thisCommit(),
                    Report.thisMachine(),
                    rows,
                    List.of(
                            "Onsets while the agent spoke that were not answered by a clear within %.0f ms: %d of %d alone, %d of %d together."
                                    .formatted(
                                            PATIENCE_MS, alone.missed, alone.onsets, together.missed, together.onsets),
                            "Clips into whose own pauses the agent began to speak: %d of %d alone, %d of %d together."
                                    .formatted(alone.intoPauses, alone.onsets, together.intoPauses, together.onsets),
                            "Clips: the twelve of local/src/main/resources/caller/clips.yaml, over a line's noise, µ-law; the onset is the first 10 ms within 25 dB of the clip's loud parts.",
                            "The detector alone, from the true onset to the arrival of the frame it decides with: p50 %.0f, p90 %.0f, p99 %.0f ms."
                                    .formatted(
                                            together.detector.percentile(50),
                                            together.detector.percentile(90),
                                            together.detector.percentile(99)),
                            "The callers, ten agents, gateway, inference, operator and API server share the machine."));
        }
    }

    private static void rows(List<Report.Row> rows, Figures figures, String calls) {
        Samples onset = figures.onsetToClear;
        rows.add(Report.Row.of(
                "onset to clear" + calls,
                "ms",
                onset,
                "p50 ≤ 120, p99 ≤ 260 ms",
                onset.percentile(50) <= 120 && onset.percentile(99) <= 260));
        Samples ours = figures.frameToClear;
        rows.add(
                Report.Row.of("deciding frame to clear" + calls, "ms", ours, "p99 ≤ 25 ms", ours.percentile(99) <= 25));
        Samples after = figures.framesAfter;
        rows.add(Report.Row.of("frames after clear" + calls, "frames", after, "0", after.percentile(100) == 0));
    }

    private static final class Figures {
        final Samples onsetToClear = new Samples();
        final Samples frameToClear = new Samples();
        final Samples framesAfter = new Samples();
        final Samples detector = new Samples();
        int onsets;
        int missed;
        int intoPauses;
    }

    private static Figures interrupt(SpokenSystem system, int calls, int turns) throws Exception {
        system.say("%d call%s of %d turns each".formatted(calls, calls == 1 ? "" : "s", turns));
        Figures figures = new Figures();
        for (Talk talk : system.together(calls, number -> oneCall(system, number, turns))) {
            measure(talk, figures);
        }
        return figures;
    }

    private record Talk(List<Spoken> spoken, LineLog log) {}

    private static Talk oneCall(SpokenSystem system, int number, int turns) throws Exception {
        var schedule = new ScheduledCall.Schedule(number, turns, FIRST_ONSET_MS, REST_MS, SPREAD_MS);
        try (ScheduledCall call = system.place(schedule)) {
            call.until(call.endMs());
            return new Talk(call.spoken(), call.log());
        }
    }

    private static void measure(Talk talk, Figures figures) {
        double[] decisions = decisions(talk.log.spoken());
        double[] clears =
                talk.log.clears().stream().mapToDouble(nanos -> nanos / 1e6).toArray();
        for (Spoken clip : talk.spoken) {
            double onset = clip.onsetMs();
            if (!speaking(talk.log, onset)) {
                continue;
            }
            figures.onsets++;
            OptionalDouble clear = first(clears, onset, onset + PATIENCE_MS);
            if (clear.isEmpty()) {
                figures.missed++;
                continue;
            }
            double at = clear.getAsDouble();
            figures.onsetToClear.add(at - onset);
            figures.framesAfter.add(audible(talk.log, at, at + OLD_MS));
            figures.intoPauses += audible(talk.log, at + OLD_MS, clip.endMs()) > 0 ? 1 : 0;
            first(decisions, onset, onset + PATIENCE_MS).ifPresent(decided -> {
                figures.detector.add(decided - onset);
                figures.frameToClear.add(at - decided);
            });
        }
    }

    private static OptionalDouble first(double[] moments, double from, double to) {
        return Arrays.stream(moments)
                .filter(moment -> moment >= from && moment < to)
                .findFirst();
    }

    private static boolean speaking(LineLog log, double ms) {
        return audible(log, ms - SPEAKING_WITHIN_MS, ms) > 0;
    }

    private static long audible(LineLog log, double afterMs, double toMs) {
        return log.arrivals().stream()
                .filter(frame -> frame.ms() > afterMs && frame.ms() <= toMs && frame.dBov() > AUDIBLE_DBOV)
                .count();
    }

    /** When the frames left the caller with which the agent's detector finds that somebody speaks. */
    private static double[] decisions(byte[] muLaw) {
        List<Double> decided = new ArrayList<>();
        double[] now = new double[1];
        Ear ear = new Ear(new Ear.Listener() {
            @Override
            public void speechBegan(long onset) {
                decided.add(now[0]);
            }

            @Override
            public void speechEnded(long end) {}
        });
        short[] samples = Mouth.heard(muLaw);
        for (int at = 0; at + FRAME <= samples.length; at += FRAME) {
            // A frame is sent when it is full.
            now[0] = (at + FRAME) * 1000.0 / Mouth.RATE;
            ear.hear(samples, at, FRAME, false);
        }
        return decided.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
