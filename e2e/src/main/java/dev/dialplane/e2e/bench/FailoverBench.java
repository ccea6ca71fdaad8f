package dev.dialplane.e2e.bench;

import dev.dialplane.contracts.agent.v1.TurnEvent;
import dev.dialplane.local.caller.carrier.LineLog;
import dev.dialplane.local.caller.report.CallRecords;
import dev.dialplane.local.caller.report.Spoken;
import dev.dialplane.local.install.LocalInstallation;
import dev.dialplane.local.install.Resources;
import dev.dialplane.local.process.Signals;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Agents that are killed (SIGKILL) at a random moment of a call, with scripted models at the pace of real ones. The caller
 * says clips of speech on a schedule, whatever happens. A gap is the time without an answer at the caller's socket: from
 * the kill, or from the end of the clip that was being said then, to the first media of whoever answers next. It holds the
 * usual response time, which is a row of its own.
 */
final class FailoverBench implements BenchMain.Bench {
    private static final int AT_ONCE = 4;
    private static final int TURNS = 4;
    private static final double FIRST_ONSET_MS = 4_000;
    /** Longer than the silence before a reply, the reply, and a failover. */
    private static final double REST_MS = 3_500;

    private final int calls;

    FailoverBench(int calls) {
        this.calls = calls;
    }

    /**
     * What became of one call.
     *
     * @param gapMs without an answer around the kill; NaN if none came
     * @param usualMs from the end of the first clip to the reply's first media; NaN if none came
     * @param lost why the call was lost; empty if it was not
     */
    private record Outcome(double gapMs, double usualMs, String lost) {}

    @Override
    public Report run() throws Exception {
        Samples gaps = new Samples();
        Samples usual = new Samples();
        List<String> notes = new ArrayList<>();
        int lost = 0;
        try (SpokenSystem system = SpokenSystem.start("failover", "", 3 * AT_ONCE)) {
            Random random = new Random(20261129);
            for (int done = 0; done < calls; done += AT_ONCE) {
                system.awaitIdle(2 * AT_ONCE);
                int first = done;
                double[] killAt = random.doubles(AT_ONCE, FIRST_ONSET_MS + 4_000, FIRST_ONSET_MS + 12_000)
                        .toArray();
                List<Outcome> outcomes = system.together(
                        Math.min(AT_ONCE, calls - done), number -> oneCall(system, first + number, killAt[number]));
                for (Outcome outcome : outcomes) {
                    if (!outcome.lost.isEmpty()) {
                        lost++;
                        notes.add(outcome.lost);
                        system.say(outcome.lost);
                    } else {
                        gaps.add(outcome.gapMs);
                    }
                    if (!Double.isNaN(outcome.usualMs)) {
                        usual.add(outcome.usualMs);
                    }
                }
                system.say("%d calls, %d lost, gap p50 %.0f ms, max %.0f ms"
                        .formatted(done + outcomes.size(), lost, gaps.percentile(50), gaps.percentile(100)));
            }
        }
        notes.add(
                "One agent killed in each of %d calls, %d at once; callers, agents, gateway, inference, operator and API server share the machine."
                        .formatted(calls, AT_ONCE));
        return new Report(
                "failover",
                Report.thisCommit(),
                Report.thisMachine(),
                List.of(
                        Report.Row.of("gap", "ms", gaps, "p99 ≤ 2000 ms", gaps.percentile(99) <= 2_000),
                        Report.Row.of("usual response", "ms", usual, "", null),
                        Report.Row.single("calls lost", "count", lost, "0", lost == 0)),
                notes);
    }

    private static Outcome oneCall(SpokenSystem system, int number, double killAt) throws Exception {
        var schedule = new ScheduledCall.Schedule(number, TURNS, FIRST_ONSET_MS, REST_MS, 0);
        try (ScheduledCall call = system.place(schedule)) {
            if (call.until(killAt).isPresent()) {
                return new Outcome(Double.NaN, Double.NaN, "call " + call.callSid() + " ended before the kill");
            }
            LocalInstallation installation = system.installation();
            String agent = agentOf(installation, call.callSid());
            installation.node().signal(SpokenSystem.NAMESPACE, agent, Signals.KILL);
            double killedMs = call.nowMs();
            boolean cut = call.until(call.endMs()).isPresent();
            return outcome(call, killedMs, cut);
        }
    }

    private static List<Integer> turns(CallRecords records) {
        return records.events().stream()
                .filter(TurnEvent::hasCallerTurn)
                .map(event -> event.getCallerTurn().getIndex())
                .toList();
    }

    private static Outcome outcome(ScheduledCall call, double killedMs, boolean cut) {
        List<Spoken> spoken = call.spoken();
        LineLog log = call.log();
        double usual =
                firstMedia(log, spoken.getFirst().endMs()) - spoken.getFirst().endMs();
        // Silence counts from the kill, or from the end of the clip that was being said then.
        double since = spoken.stream()
                .filter(each -> each.onsetMs() <= killedMs && killedMs < each.endMs())
                .mapToDouble(Spoken::endMs)
                .findFirst()
                .orElse(killedMs);
        Spoken next = spoken.stream()
                .filter(each -> each.onsetMs() > killedMs)
                .findFirst()
                .orElse(spoken.getLast());
        // What was owed is said before the caller speaks again; if nothing was, the next clip's reply is what counts.
        double owed = firstMedia(log, Math.max(since, killedMs + 100));
        double gap = owed < next.onsetMs() || next.onsetMs() < killedMs
                ? owed - since
                : firstMedia(log, next.endMs()) - next.endMs();
        String lost = "";
        if (cut) {
            lost = "call %s, killed at %.0f ms: the line was closed".formatted(call.callSid(), killedMs);
        } else if (call.records().takenOverBy().isEmpty()) {
            lost = "call %s, killed at %.0f ms: no other agent took it".formatted(call.callSid(), killedMs);
        } else if (Double.isInfinite(gap)) {
            lost = "call %s, killed at %.0f ms: nobody answered".formatted(call.callSid(), killedMs);
        }
        List<Integer> turns = turns(call.records());
        for (int i = 1; i < turns.size() && lost.isEmpty(); i++) {
            if (turns.get(i) < turns.get(i - 1)) {
                lost = "call %s, killed at %.0f ms: turns were forgotten: %s"
                        .formatted(call.callSid(), killedMs, turns);
            }
        }
        return new Outcome(gap, Double.isInfinite(usual) ? Double.NaN : usual, lost);
    }

    /** When the first audible media since {@code ms} came to the socket; infinite if none did. */
    private static double firstMedia(LineLog log, double ms) {
        return log.arrivals().stream()
                .filter(arrival -> arrival.ms() >= ms && arrival.dBov() > -50)
                .mapToDouble(LineLog.Arrival::ms)
                .findFirst()
                .orElse(Double.POSITIVE_INFINITY);
    }

    private static String agentOf(LocalInstallation installation, String callSid) throws IOException {
        return Resources.sessions(installation.client()).inNamespace("default").list().getItems().stream()
                .filter(session -> callSid.equals(session.<String>get("spec", "callId")))
                .map(session -> session.<String>get("status", "agent", "podName"))
                .findFirst()
                .orElseThrow(() -> new IOException("call " + callSid + " has no session"));
    }
}
