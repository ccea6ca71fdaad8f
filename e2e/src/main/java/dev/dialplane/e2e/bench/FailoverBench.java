package dev.dialplane.e2e.bench;

import dev.dialplane.contracts.agent.v1.TurnEvent;
import dev.dialplane.local.caller.carrier.CallIds;
import dev.dialplane.local.caller.carrier.Dialed;
import dev.dialplane.local.caller.carrier.LineLog;
import dev.dialplane.local.caller.carrier.LineObserver;
import dev.dialplane.local.caller.carrier.MediaLine;
import dev.dialplane.local.caller.carrier.TwilioCarrier;
import dev.dialplane.local.caller.report.CallRecords;
import dev.dialplane.local.caller.report.EventReceiver;
import dev.dialplane.local.caller.report.Spoken;
import dev.dialplane.local.caller.speech.CallerScript;
import dev.dialplane.local.caller.speech.Mouth;
import dev.dialplane.local.caller.speech.Utterance;
import dev.dialplane.local.install.InstallOptions;
import dev.dialplane.local.install.LocalInstallation;
import dev.dialplane.local.install.Resources;
import dev.dialplane.local.process.Signals;
import dev.dialplane.local.progress.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

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
        Progress progress = Progress.to(System.out);
        Samples gaps = new Samples();
        Samples usual = new Samples();
        List<String> notes = new ArrayList<>();
        int lost = 0;
        try (EventReceiver events = EventReceiver.open();
                LocalInstallation installation =
                        LocalInstallation.start(InstallOptions.in(Path.of("target/bench/failover"), true, progress)
                                .recordingTo(events.uri()));
                TwilioCarrier carrier = new TwilioCarrier();
                ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            installation.awaitReady(Duration.ofSeconds(120));
            Pools.size(installation.client(), "default", "receptionist", 3 * AT_ONCE);
            Random random = new Random(20261129);
            for (int done = 0; done < calls; done += AT_ONCE) {
                Pools.awaitIdle(installation.client(), "default", "receptionist", 2 * AT_ONCE, Duration.ofSeconds(120));
                List<Future<Outcome>> running = new ArrayList<>();
                for (int call = done; call < Math.min(calls, done + AT_ONCE); call++) {
                    int number = call;
                    double killAt = FIRST_ONSET_MS + 4_000 + random.nextDouble() * 8_000;
                    running.add(executor.submit(() -> oneCall(installation, events, carrier, number, killAt)));
                }
                for (Future<Outcome> each : running) {
                    Outcome outcome = each.get();
                    if (!outcome.lost.isEmpty()) {
                        lost++;
                        notes.add(outcome.lost);
                        progress.say(outcome.lost);
                    } else {
                        gaps.add(outcome.gapMs);
                    }
                    if (!Double.isNaN(outcome.usualMs)) {
                        usual.add(outcome.usualMs);
                    }
                }
                progress.say("%d calls, %d lost, gap p50 %.0f ms, max %.0f ms"
                        .formatted(done + running.size(), lost, gaps.percentile(50), gaps.percentile(100)));
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

    private static Outcome oneCall(
            LocalInstallation installation, EventReceiver events, TwilioCarrier carrier, int number, double killAt)
            throws Exception {
        List<Utterance> clips = CallerScript.clips().utterances();
        CallIds ids = CallIds.random();
        List<Integer> turns = new ArrayList<>();
        CallRecords records = new CallRecords(event -> count(event, turns));
        events.expect(ids.callSid(), records);
        Dialed socket = Dialed.socket(installation.gatewayUrl(), "default", "receptionist");
        Mouth mouth = new Mouth(number);
        List<Spoken> spoken = new ArrayList<>();
        double onset = FIRST_ONSET_MS;
        for (int turn = 0; turn < TURNS; turn++) {
            Utterance clip = clips.get((number + turn) % clips.size());
            long start = Math.round(onset * Mouth.RATE / 1000) - clip.onset();
            spoken.add(new Spoken(clip, mouth.say(clip.samples(), Math.max(0, start))));
            onset = spoken.getLast().endMs() + REST_MS;
        }
        double end = onset;
        try (MediaLine line = carrier.open(socket, socket.uri(), ids, Map.of(), mouth, new LineObserver() {})) {
            if (ended(line, killAt)) {
                return new Outcome(Double.NaN, Double.NaN, "call " + ids.callSid() + " ended before the kill");
            }
            String agent = agentOf(installation, ids.callSid());
            installation.node().signal("default", agent, Signals.KILL);
            double killedMs = mouth.position() * 1000.0 / Mouth.RATE;
            boolean cut = ended(line, end - killedMs);
            return outcome(ids, spoken, line.log(), killedMs, cut, records, turns);
        } finally {
            events.forget(ids.callSid());
        }
    }

    private static void count(TurnEvent event, List<Integer> turns) {
        if (event.hasCallerTurn()) {
            synchronized (turns) {
                turns.add(event.getCallerTurn().getIndex());
            }
        }
    }

    private static Outcome outcome(
            CallIds ids,
            List<Spoken> spoken,
            LineLog log,
            double killedMs,
            boolean cut,
            CallRecords records,
            List<Integer> turns) {
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
            lost = "call %s, killed at %.0f ms: the line was closed".formatted(ids.callSid(), killedMs);
        } else if (records.takenOverBy().isEmpty()) {
            lost = "call %s, killed at %.0f ms: no other agent took it".formatted(ids.callSid(), killedMs);
        } else if (Double.isInfinite(gap)) {
            lost = "call %s, killed at %.0f ms: nobody answered".formatted(ids.callSid(), killedMs);
        }
        synchronized (turns) {
            for (int i = 1; i < turns.size() && lost.isEmpty(); i++) {
                if (turns.get(i) < turns.get(i - 1)) {
                    lost = "call %s, killed at %.0f ms: turns were forgotten: %s"
                            .formatted(ids.callSid(), killedMs, turns);
                }
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

    private static boolean ended(MediaLine line, double milliseconds) throws Exception {
        try {
            line.ended().get((long) (Math.max(0, milliseconds) * 1e6), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException stillTalking) {
            return false;
        }
    }

    private static String agentOf(LocalInstallation installation, String callSid) throws IOException {
        return Resources.sessions(installation.client()).inNamespace("default").list().getItems().stream()
                .filter(session -> callSid.equals(session.<String>get("spec", "callId")))
                .map(session -> session.<String>get("status", "agent", "podName"))
                .findFirst()
                .orElseThrow(() -> new IOException("call " + callSid + " has no session"));
    }
}
