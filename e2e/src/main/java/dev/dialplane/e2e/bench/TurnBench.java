package dev.dialplane.e2e.bench;

import dev.dialplane.contracts.agent.v1.TurnEvent;
import dev.dialplane.local.caller.carrier.CallIds;
import dev.dialplane.local.caller.carrier.Dialed;
import dev.dialplane.local.caller.carrier.LineEnd;
import dev.dialplane.local.caller.carrier.LineObserver;
import dev.dialplane.local.caller.carrier.MediaLine;
import dev.dialplane.local.caller.carrier.TwilioCarrier;
import dev.dialplane.local.caller.report.CallRecords;
import dev.dialplane.local.caller.report.CallReport;
import dev.dialplane.local.caller.report.EventReceiver;
import dev.dialplane.local.caller.report.Spoken;
import dev.dialplane.local.caller.report.Turn;
import dev.dialplane.local.caller.speech.CallerScript;
import dev.dialplane.local.caller.speech.Mouth;
import dev.dialplane.local.caller.speech.Utterance;
import dev.dialplane.local.install.InstallOptions;
import dev.dialplane.local.install.LocalInstallation;
import dev.dialplane.local.progress.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * What the system adds to a response. The whole path is real, from the carrier's socket to voice activity detection and
 * back, in processes of their own; the models are scripted and take no time. Clips of speech are said open-loop on a
 * schedule. A sample is the time from the true end of a clip to the first audio of the reply at the caller's socket,
 * less what was waited for on purpose (silence) and what the scripted models took.
 */
final class TurnBench implements BenchMain.Bench {
    private static final int CALLS = 10;
    private static final int TURNS_ALONE = 60;
    private static final int TURNS_TOGETHER = 100;
    /** With which ten agents that have held no call come to compiled code, all at once; a figure of its own. */
    private static final int TURNS_FRESH = 10;

    /** Longer than the longest pause before a reply and the reply itself. */
    private static final double REST_MS = 1_600;

    private static final String TARGET = "p50 ≤ 10, p99 ≤ 25, p99.9 ≤ 50 ms";

    @Override
    public Report run() throws Exception {
        Progress progress = Progress.to(System.out);
        Path out = Path.of("target/bench/turn");
        Files.createDirectories(out);
        Path script = out.resolve("no-delay.yaml").toAbsolutePath();
        try (InputStream in = TurnBench.class.getResourceAsStream("no-delay.yaml")) {
            Files.write(script, java.util.Objects.requireNonNull(in).readAllBytes());
        }
        try (EventReceiver events = EventReceiver.open();
                LocalInstallation installation = LocalInstallation.start(InstallOptions.in(out, true, progress)
                        .recordingTo(events.uri())
                        .with("inference", Map.of("DIALPLANE_INFERENCE_SCRIPTED_FILE", script.toString())));
                TwilioCarrier carrier = new TwilioCarrier()) {
            installation.awaitReady(Duration.ofSeconds(120));
            Pools.size(installation.client(), "default", "receptionist", CALLS);
            Pools.awaitIdle(installation.client(), "default", "receptionist", CALLS, Duration.ofSeconds(120));

            Figures alone = converse(carrier, events, installation.gatewayUrl(), 1, TURNS_ALONE, progress);
            Figures fresh = converse(carrier, events, installation.gatewayUrl(), CALLS, TURNS_FRESH, progress);
            Figures together = converse(carrier, events, installation.gatewayUrl(), CALLS, TURNS_TOGETHER, progress);
            return new Report(
                    "turn",
                    Report.thisCommit(),
                    Report.thisMachine(),
                    List.of(
                            Report.Row.of("added, 1 call", "ms", alone.added, TARGET, met(alone.added)),
                            Report.Row.of("added, 10 fresh agents", "ms", fresh.added, "", null),
                            Report.Row.of("added, 10 calls", "ms", together.added, TARGET, met(together.added)),
                            Report.Row.of("whole response, 1 call", "ms", alone.total, "", null),
                            Report.Row.of("whole response, 10 calls", "ms", together.total, "", null)),
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
                            "Fresh: ten agents, nine of which hold their first call, begin within 1.4 s; together: their calls after that.",
                            "The callers, ten agents, gateway, inference, operator and API server share the machine."));
        }
    }

    private static boolean met(Samples added) {
        return added.percentile(50) <= 10 && added.percentile(99) <= 25 && added.percentile(99.9) <= 50;
    }

    private record Figures(Samples added, Samples total, int missed, int cut) {}

    /** One call's replies; {@code endedEarly} says who ended it before its last turn, and is empty when nobody did. */
    private record Talk(List<Turn.Response> responses, String endedEarly) {}

    private static Figures converse(
            TwilioCarrier carrier, EventReceiver events, URI gateway, int calls, int turns, Progress progress)
            throws Exception {
        progress.say("%d call%s of %d turns each".formatted(calls, calls == 1 ? "" : "s", turns));
        Samples added = new Samples();
        Samples total = new Samples();
        int missed = 0;
        int cut = 0;
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Talk>> running = new ArrayList<>();
            for (int call = 0; call < calls; call++) {
                int first = call;
                running.add(executor.submit(() -> oneCall(carrier, events, gateway, first, turns)));
                // Calls out of step, as calls are.
                LockSupport.parkNanos(Duration.ofMillis(137).toNanos());
            }
            for (Future<Talk> each : running) {
                Talk talk = each.get();
                missed += turns - talk.responses.size();
                if (!talk.endedEarly.isEmpty()) {
                    progress.say(talk.endedEarly);
                    cut++;
                }
                for (Turn.Response response : talk.responses) {
                    added.add(response.oursMs());
                    total.add(response.totalMs());
                }
            }
        }
        return new Figures(added, total, missed, cut);
    }

    private static Talk oneCall(TwilioCarrier carrier, EventReceiver events, URI gateway, int first, int turns)
            throws IOException, InterruptedException {
        List<Utterance> clips = CallerScript.clips().utterances();
        CallIds ids = CallIds.random();
        List<TurnEvent> heardOf = new ArrayList<>();
        CallRecords records = new CallRecords(event -> {
            synchronized (heardOf) {
                heardOf.add(event);
            }
        });
        events.expect(ids.callSid(), records);
        Dialed socket = Dialed.socket(gateway, "default", "receptionist");
        Mouth mouth = new Mouth(first);
        List<Spoken> spoken = new ArrayList<>();
        try (MediaLine line = carrier.open(socket, socket.uri(), ids, Map.of(), mouth, new LineObserver() {})) {
            String endedEarly = "";
            double onset = 4_000;
            for (int turn = 0; turn < turns && endedEarly.isEmpty(); turn++) {
                Utterance clip = clips.get((first + turn) % clips.size());
                spoken.add(sayAt(mouth, clip, onset));
                double length = spoken.getLast().endMs() - spoken.getLast().onsetMs();
                onset += length + REST_MS;
                // The mouth queues what lies ahead; stay one clip ahead of the clock.
                endedEarly = await(line, spoken.getLast().onsetMs() - mouth.position() * 1000.0 / Mouth.RATE - 500)
                        .map(end -> early(ids, spoken.size(), end))
                        .orElse("");
            }
            if (endedEarly.isEmpty()) {
                endedEarly = await(
                                line,
                                spoken.getLast().endMs() - mouth.position() * 1000.0 / Mouth.RATE + REST_MS + 1_000)
                        .map(end -> early(ids, spoken.size(), end))
                        .orElse("");
            }
            CallReport report = CallReport.of("receptionist", "", "", 0, spoken, line.log(), records.events());
            return new Talk(report.responses(), endedEarly);
        } finally {
            events.forget(ids.callSid());
        }
    }

    /** Waits so many ms of the caller's speech; the line's end, when it comes first, ends the speech too. */
    private static Optional<LineEnd> await(MediaLine line, double milliseconds) throws InterruptedException {
        try {
            return Optional.of(line.ended().get((long) (Math.max(0, milliseconds) * 1e6), TimeUnit.NANOSECONDS));
        } catch (TimeoutException stillTalking) {
            return Optional.empty();
        } catch (ExecutionException e) {
            throw new AssertionError("nothing completes it with a failure", e);
        }
    }

    private static String early(CallIds ids, int turns, LineEnd end) {
        return "call %s ended in turn %d: %s".formatted(ids.callSid(), turns, end);
    }

    private static Spoken sayAt(Mouth mouth, Utterance clip, double onsetMs) {
        long start = Math.round(onsetMs * Mouth.RATE / 1000) - clip.onset();
        return new Spoken(clip, mouth.say(clip.samples(), Math.max(0, start)));
    }
}
