package dev.dialplane.e2e.bench;

import dev.dialplane.local.caller.carrier.LineEnd;
import dev.dialplane.local.caller.report.CallReport;
import dev.dialplane.local.caller.report.Turn;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What the system adds to a response. The whole path is real, from the carrier's socket to voice activity detection and
 * back, in processes of their own; the models are scripted and take no time. Clips of speech are said open-loop on a
 * schedule. A sample is the time from the true end of a clip to the first audio of the reply at the caller's socket,
 * less what was waited for on purpose (silence) and what the scripted models took; and the same from where the agent heard the
 * clip end, which is what the system costs by itself.
 */
final class TurnBench implements BenchMain.Bench {
    private static final int CALLS = 10;
    private static final int TURNS_ALONE = 60;
    private static final int TURNS_TOGETHER = 100;
    /** With which ten agents that have held no call come to compiled code, all at once; a figure of its own. */
    private static final int TURNS_FRESH = 10;

    private static final double FIRST_ONSET_MS = 4_000;
    /** Longer than the longest pause before a reply and the reply itself. */
    private static final double REST_MS = 1_600;

    /** How many of the latest replies are named. */
    private static final int NAMED = 3;

    private static final String TARGET = "p50 ≤ 10, p99 ≤ 25, p99.9 ≤ 50 ms";

    @Override
    public Report run() throws Exception {
        try (SpokenSystem system = SpokenSystem.start("turn", "no-delay.yaml", CALLS)) {
            Figures alone = converse(system, 1, TURNS_ALONE);
            Figures fresh = converse(system, CALLS, TURNS_FRESH);
            Figures together;
            Report.Row hiccups;
            try (Hiccups machine = new Hiccups()) {
                together = converse(system, CALLS, TURNS_TOGETHER);
                hiccups = machine.row();
            }
            return new Report(
                    "turn",
                    Report.thisCommit(),
                    Report.thisMachine(),
                    List.of(
                            Report.Row.of("added, 1 call", "ms", alone.added, TARGET, met(alone.added)),
                            Report.Row.of("added, 10 fresh agents", "ms", fresh.added, "", null),
                            Report.Row.of("added, 10 calls", "ms", together.added, TARGET, met(together.added)),
                            Report.Row.of("added to the end heard, 10 calls", "ms", together.afterEndHeard, "", null),
                            Report.Row.of("whole response, 1 call", "ms", alone.total, "", null),
                            Report.Row.of("whole response, 10 calls", "ms", together.total, "", null),
                            hiccups),
                    List.of(
                            "Turns without a measured reply (below zero: replies in excess): %d of %d alone, %d of %d fresh, %d of %d together; calls cut short: %d."
                                    .formatted(
                                            alone.missed,
                                            TURNS_ALONE,
                                            fresh.missed,
                                            CALLS * TURNS_FRESH,
                                            together.missed,
                                            CALLS * TURNS_TOGETHER,
                                            alone.cut + fresh.cut + together.cut),
                            "Latest together: " + latest(together),
                            "Fresh: ten agents, nine of which hold their first call, begin within 1.4 s; together: their calls after that.",
                            "The callers, ten agents, gateway, inference, operator and API server share the machine."));
        }
    }

    private static boolean met(Samples added) {
        return added.percentile(50) <= 10 && added.percentile(99) <= 25 && added.percentile(99.9) <= 50;
    }

    /**
     * A reply, and when its agent took the clip to have ended, after it had: by that much the detector is late, or else early,
     * and the reply with it.
     */
    private record Reply(Turn.Response response, String clip, double endHeardMs) {
        double addedMs() {
            return response.oursMs();
        }
    }

    private record Figures(
            Samples added, Samples afterEndHeard, Samples total, List<Reply> replies, int missed, int cut) {}

    /** One call's replies, and who ended it if somebody did before its last turn. */
    private record Talk(List<Reply> replies, Optional<LineEnd> endedEarly) {}

    private static String latest(Figures figures) {
        return figures.replies.stream()
                .sorted(Comparator.comparingDouble(Reply::addedMs).reversed())
                .limit(NAMED)
                .map(reply -> "%.1f ms after \"%s\", whose end was heard %.0f ms after it"
                        .formatted(reply.addedMs(), reply.clip, reply.endHeardMs))
                .collect(Collectors.joining("; "));
    }

    private static Figures converse(SpokenSystem system, int calls, int turns) throws Exception {
        system.say("%d call%s of %d turns each".formatted(calls, calls == 1 ? "" : "s", turns));
        Samples added = new Samples();
        Samples afterEndHeard = new Samples();
        Samples total = new Samples();
        List<Reply> replies = new ArrayList<>();
        int missed = 0;
        int cut = 0;
        for (Talk talk : system.together(calls, number -> oneCall(system, number, turns))) {
            missed += turns - talk.replies.size();
            if (talk.endedEarly.isPresent()) {
                system.say("a call ended early: " + talk.endedEarly.get());
                cut++;
            }
            for (Reply reply : talk.replies) {
                added.add(reply.addedMs());
                total.add(reply.response.totalMs());
                if (!Double.isNaN(reply.endHeardMs)) {
                    afterEndHeard.add(reply.addedMs() - reply.endHeardMs);
                }
            }
            replies.addAll(talk.replies);
        }
        return new Figures(added, afterEndHeard, total, replies, missed, cut);
    }

    private static Talk oneCall(SpokenSystem system, int number, int turns) throws Exception {
        var schedule = new ScheduledCall.Schedule(number, turns, FIRST_ONSET_MS, REST_MS, 0);
        try (ScheduledCall call = system.place(schedule)) {
            Optional<LineEnd> endedEarly = call.until(call.endMs() + 1_000);
            return new Talk(replies(call.report()), endedEarly);
        }
    }

    private static List<Reply> replies(CallReport report) {
        List<Reply> replies = new ArrayList<>();
        String clip = "";
        double endHeard = 0;
        for (Turn turn : report.turns()) {
            switch (turn) {
                case Turn.Caller caller -> {
                    Turn.Heard heard = caller.heardMs();
                    clip = Objects.requireNonNullElse(caller.reference(), "");
                    endHeard = heard == null ? Double.NaN : heard.endMs() - caller.endMs();
                }
                case Turn.Agent agent -> {
                    if (agent.response() != null) {
                        replies.add(new Reply(agent.response(), clip, endHeard));
                    }
                }
            }
        }
        return replies;
    }
}
