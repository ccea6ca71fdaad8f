package dev.dialplane.e2e.bench;

import com.google.protobuf.ByteString;
import dev.dialplane.contracts.agent.v1.AudioIn;
import dev.dialplane.contracts.agent.v1.AudioKind;
import dev.dialplane.contracts.agent.v1.AudioOut;
import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.e2e.agents.SimulatedAgents;
import dev.dialplane.local.caller.carrier.CallIds;
import dev.dialplane.local.caller.carrier.Dialed;
import dev.dialplane.local.caller.carrier.LineLog;
import dev.dialplane.local.caller.carrier.LineObserver;
import dev.dialplane.local.caller.carrier.MediaLine;
import dev.dialplane.local.caller.carrier.PlayBuffer;
import dev.dialplane.local.caller.carrier.TwilioCarrier;
import dev.dialplane.local.caller.speech.Mouth;
import dev.dialplane.local.progress.Progress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * What one gateway adds to audio, and what a call of it costs: G.711 calls in both directions, agents that speak half of the
 * time in runs of two seconds, 300 ms ahead as real ones. Callers and agents are in this process, so that one clock measures
 * both.
 *
 * <p>To the agent, a sample is the time from when a frame is due at the caller, whether it leaves then or late, to its coming
 * to the agent. To the caller, from the
 * first piece of a run leaving the agent to the first media at the caller's socket. Jitter is as in {@link PacingBench}.
 */
final class GatewayBench implements BenchMain.Bench {
    private static final PoolRef POOL =
            PoolRef.newBuilder().setNamespace("default").setName("bench").build();
    private static final Duration WARM_UP = Duration.ofSeconds(30);
    private static final Duration MEASURED = Duration.ofSeconds(60);
    /** No multiple of a frame: carriers' calls are not in step. */
    private static final Duration BETWEEN_CALLS = Duration.ofMillis(43);

    private static final int PIECE_MS = 100;
    private static final int AHEAD_MS = 300;
    private static final int RUN_MS = 2_000;
    private static final int REST_MS = 2_000;
    private static final long FRAME_MS = 20;
    private static final int MOST_FRAMES = 20_000;
    /** Media that comes later than this after a run's beginning is not its first. */
    private static final double PATIENCE_MS = 1_000;

    private final int calls;
    private final Map<String, long[]> heardAt = new ConcurrentHashMap<>();
    private final Map<String, List<Long>> runsAt = new ConcurrentHashMap<>();
    private final Map<String, String> carrierIdOf = new ConcurrentHashMap<>();
    private final ScheduledExecutorService speech = Executors.newSingleThreadScheduledExecutor();

    GatewayBench(int calls) {
        this.calls = calls;
    }

    /** A caller's side. */
    private record Caller(String callSid, MediaLine line) {}

    @Override
    public Report run() throws Exception {
        Progress progress = Progress.to(System.out);
        try (SimulatedAgents agents = new SimulatedAgents(calls + 10, (_, _) -> {}, new Voice());
                StandInOperator operator = new StandInOperator(
                        POOL,
                        agents.all(),
                        event -> carrierIdOf.put(
                                event.getCarrierCallId(), event.getFence().getCallId()));
                GatewayProcess gateway = GatewayProcess.start(Path.of("target/bench/gateway"), operator.address());
                TwilioCarrier carrier = new TwilioCarrier()) {
            gateway.awaitReady(Duration.ofSeconds(60));
            agents.awaitIdle(calls + 10, Duration.ofSeconds(60));
            List<Caller> callers = new ArrayList<>();
            try {
                for (int call = 0; call < calls; call++) {
                    callers.add(place(carrier, gateway, call));
                    LockSupport.parkNanos(BETWEEN_CALLS.toNanos());
                }
                progress.say(calls + " calls are on; warming up");
                TimeUnit.NANOSECONDS.sleep(WARM_UP.toNanos());
                long from = System.nanoTime();
                double cpuBefore = ProcessUse.cpuSeconds(gateway.pid());
                Report.Row hiccups;
                try (Hiccups machine = new Hiccups()) {
                    TimeUnit.NANOSECONDS.sleep(MEASURED.toNanos());
                    hiccups = machine.row();
                }
                double cores = (ProcessUse.cpuSeconds(gateway.pid()) - cpuBefore) / MEASURED.toSeconds();
                double megabytes = ProcessUse.residentMegabytes(gateway.pid());
                return report(callers, from, System.nanoTime(), cores, megabytes, hiccups);
            } finally {
                callers.forEach(caller -> caller.line.close());
            }
        } finally {
            speech.shutdownNow();
        }
    }

    private Caller place(TwilioCarrier carrier, GatewayProcess gateway, int call) throws Exception {
        CallIds ids = CallIds.random();
        MediaLine line = carrier.open(
                Dialed.at(gateway.socket(POOL)),
                gateway.socket(POOL),
                ids,
                Map.of(),
                new Mouth(call),
                new LineObserver() {});
        return new Caller(ids.callSid(), line);
    }

    /** Speaks for two seconds, is silent for two, and notes when each frame came. */
    private final class Voice implements SimulatedAgents.Voice {
        private static final int SAMPLES_A_MS = Mouth.RATE / 1000;
        private final ByteString piece = piece();

        private static ByteString piece() {
            byte[] tone = new byte[PIECE_MS * SAMPLES_A_MS];
            Arrays.fill(tone, (byte) 0x20);
            return ByteString.copyFrom(tone);
        }

        @Override
        public void opened(String callId, Consumer<AudioOut> mouth) {
            heardAt.put(callId, new long[MOST_FRAMES]);
            runsAt.put(callId, new CopyOnWriteArrayList<>());
            speech.schedule(() -> begin(callId, mouth, 0), RUN_MS, TimeUnit.MILLISECONDS);
        }

        private void begin(String callId, Consumer<AudioOut> mouth, long sample) {
            runsAt.getOrDefault(callId, List.of()).add(System.nanoTime());
            long next = sample;
            for (int ms = 0; ms < AHEAD_MS; ms += PIECE_MS) {
                next = say(mouth, next, false);
            }
            later(callId, mouth, next, AHEAD_MS);
        }

        private void later(String callId, Consumer<AudioOut> mouth, long sample, int saidMs) {
            if (saidMs >= RUN_MS) {
                speech.schedule(() -> begin(callId, mouth, sample), AHEAD_MS + REST_MS, TimeUnit.MILLISECONDS);
            } else {
                boolean last = saidMs + PIECE_MS >= RUN_MS;
                speech.schedule(
                        () -> later(callId, mouth, say(mouth, sample, last), saidMs + PIECE_MS),
                        PIECE_MS,
                        TimeUnit.MILLISECONDS);
            }
        }

        private long say(Consumer<AudioOut> mouth, long sample, boolean last) {
            mouth.accept(AudioOut.newBuilder()
                    .setGeneration(1)
                    .setFirstSample(sample)
                    .setPayload(piece)
                    .setKind(AudioKind.AUDIO_KIND_SPEECH)
                    .setEndOfRun(last)
                    .build());
            return sample + piece.size();
        }

        @Override
        public void heard(String callId, AudioIn frame) {
            long[] times = heardAt.get(callId);
            int index = (int) (frame.getMediaTimeMs() / FRAME_MS);
            if (times != null && index < MOST_FRAMES && !frame.getConcealed()) {
                times[index] = System.nanoTime();
            }
        }
    }

    private Report report(
            List<Caller> callers, long from, long to, double cores, double megabytes, Report.Row hiccups) {
        Samples in = new Samples();
        Samples out = new Samples();
        Samples jitter = new Samples();
        long lost = 0;
        for (Caller caller : callers) {
            String callId = carrierIdOf.getOrDefault(caller.callSid, "");
            long[] heard = heardAt.getOrDefault(callId, new long[0]);
            for (int frame = 0; frame < heard.length; frame++) {
                long due = caller.line.startNanos() + (frame + 1) * FRAME_MS * 1_000_000;
                if (due < from || due > to - 1_000_000_000L) {
                    continue;
                }
                if (heard[frame] == 0) {
                    lost++;
                } else {
                    in.add((heard[frame] - due) / 1e6);
                }
            }
            LineLog log = caller.line.log();
            for (long run : runsAt.getOrDefault(callId, List.of())) {
                if (run >= from && run < to - 1_000_000_000L) {
                    log.arrivals().stream()
                            .mapToLong(arrival -> log.startNanos() + arrival.nanos())
                            .filter(at -> at >= run && at < run + (long) (PATIENCE_MS * 1e6))
                            .findFirst()
                            .ifPresent(at -> out.add((at - run) / 1e6));
                }
            }
            jitter(log, from, jitter);
        }
        double perCore = calls / cores;
        return new Report(
                "gateway",
                Report.thisCommit(),
                Report.thisMachine(),
                List.of(
                        Report.Row.of("added delay, to agent", "ms", in, "p99 ≤ 5 ms", in.percentile(99) <= 5),
                        Report.Row.of("added delay, to caller", "ms", out, "p99 ≤ 5 ms", out.percentile(99) <= 5),
                        Report.Row.of("jitter", "ms", jitter, "", null),
                        Report.Row.single("calls per core", "calls", perCore, "≥ 200", perCore >= 200),
                        hiccups),
                List.of(
                        "%d calls at once for %d s: the gateway used %.2f cores and %.0f MB; %d frames did not come to their agents."
                                .formatted(calls, MEASURED.toSeconds(), cores, megabytes, lost),
                        "Callers and agents share the machine, and their own lateness is in the figures."));
    }

    private static void jitter(LineLog log, long from, Samples jitter) {
        LineLog.Arrival before = null;
        double began = 0;
        for (LineLog.Arrival frame : log.arrivals()) {
            if (before == null || frame.ms() - before.ms() >= RUN_MS / 2.0) {
                began = frame.ms();
            } else if (frame.ms() - began >= 2.0 * AHEAD_MS && log.startNanos() + frame.nanos() >= from) {
                double lasts = before.samples() * FRAME_MS * 1.0 / PlayBuffer.FRAME;
                jitter.add(Math.abs(frame.ms() - before.ms() - lasts));
            }
            before = frame;
        }
    }
}
