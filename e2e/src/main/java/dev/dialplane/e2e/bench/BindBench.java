package dev.dialplane.e2e.bench;

import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.contracts.control.v1.CallEvent;
import dev.dialplane.e2e.agents.SimulatedAgents;
import dev.dialplane.local.caller.carrier.CallIds;
import dev.dialplane.local.caller.carrier.Dialed;
import dev.dialplane.local.caller.carrier.LineObserver;
import dev.dialplane.local.caller.carrier.MediaLine;
import dev.dialplane.local.caller.carrier.TwilioCarrier;
import dev.dialplane.local.caller.speech.Mouth;
import dev.dialplane.local.progress.Progress;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * How long a call waits for its agent: from the carrier's start message leaving the caller to the agent accepting the
 * offer, over a real gateway process. Calls come as a Poisson process, on schedule whatever became of those before; each
 * sends audio for a second on average, and for half a second at least. Caller and agents share a process, so that one clock measures both.
 */
final class BindBench implements BenchMain.Bench {
    private static final double CALLS_PER_SECOND = 60;
    private static final Duration LASTS = Duration.ofSeconds(60);
    private static final double BURST_CALLS_PER_SECOND = 200;
    private static final Duration BURST = Duration.ofSeconds(10);
    private static final Duration WARM_UP = Duration.ofSeconds(30);
    /** No caller gives up sooner: else the slowest bindings would be missing from the figures. */
    private static final double LEAST_HOLD_SECONDS = 0.5;

    private static final double MEAN_HOLD_SECONDS = 1;
    private static final PoolRef POOL =
            PoolRef.newBuilder().setNamespace("default").setName("bench").build();

    private final Map<String, Long> acceptedAt = new ConcurrentHashMap<>();
    private final Map<String, Long> startedAt = new ConcurrentHashMap<>();
    private final Map<String, String> carrierIdOf = new ConcurrentHashMap<>();
    private final LongAdder refused = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final int count;

    BindBench(int agents) {
        count = agents;
    }

    @Override
    public Report run() throws Exception {
        Progress progress = Progress.to(System.out);
        Path out = Path.of("target/bench/bind");
        try (SimulatedAgents agents = new SimulatedAgents(
                        count,
                        (agent, offer) -> acceptedAt.put(offer.getFence().getCallId(), System.nanoTime()),
                        SimulatedAgents.Voice.NONE);
                StandInOperator operator = new StandInOperator(POOL, agents.all(), this::recorded);
                GatewayProcess gateway = GatewayProcess.start(out, operator.address());
                TwilioCarrier carrier = new TwilioCarrier();
                ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor()) {
            gateway.awaitReady(Duration.ofSeconds(60));
            agents.awaitIdle(count, Duration.ofSeconds(300));
            progress.say("the gateway knows " + count + " idle agents");

            long from = System.nanoTime();
            place(carrier, calls, gateway.socket(POOL), CALLS_PER_SECOND, WARM_UP);
            long measuredFrom = System.nanoTime();
            progress.say("warm after %d calls; measuring".formatted(startedAt.size()));
            place(carrier, calls, gateway.socket(POOL), CALLS_PER_SECOND, LASTS);
            long burstFrom = System.nanoTime();
            place(carrier, calls, gateway.socket(POOL), BURST_CALLS_PER_SECOND, BURST);
            progress.say(
                    "%d calls placed in %d s".formatted(startedAt.size(), (System.nanoTime() - from) / 1_000_000_000));
            calls.shutdown();
            if (!calls.awaitTermination(60, TimeUnit.SECONDS)) {
                throw new IOException("calls do not end");
            }
            awaitEvents(Duration.ofSeconds(20));
            return report(measuredFrom, burstFrom, agents.doubleBindings());
        }
    }

    private void recorded(CallEvent event) {
        carrierIdOf.put(event.getFence().getCallId(), event.getCarrierCallId());
        if (event.hasRefused()) {
            refused.increment();
        }
    }

    private void place(TwilioCarrier carrier, ExecutorService calls, URI socket, double perSecond, Duration lasts) {
        SplittableRandom random = new SplittableRandom(20261122);
        long start = System.nanoTime();
        double at = 0;
        while (true) {
            at += -Math.log(1 - random.nextDouble()) / perSecond;
            long due = start + (long) (at * 1e9);
            if (due - start > lasts.toNanos()) {
                return;
            }
            while (System.nanoTime() < due) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            double hold =
                    LEAST_HOLD_SECONDS - Math.log(1 - random.nextDouble()) * (MEAN_HOLD_SECONDS - LEAST_HOLD_SECONDS);
            calls.submit(() -> oneCall(carrier, socket, hold));
        }
    }

    private void oneCall(TwilioCarrier carrier, URI socket, double holdSeconds) {
        CallIds ids = CallIds.random();
        LineObserver observer = new LineObserver() {
            @Override
            public void started(long startNanos) {
                startedAt.put(ids.callSid(), startNanos);
            }
        };
        try (MediaLine _ = carrier.open(
                Dialed.at(socket),
                socket,
                ids,
                Map.of(),
                new Mouth(ids.callSid().hashCode()),
                observer)) {
            LockSupport.parkNanos((long) (holdSeconds * 1e9));
        } catch (IOException e) {
            failed.increment();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitEvents(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (carrierIdOf.size() < startedAt.size() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(50_000_000);
        }
    }

    private Report report(long measuredFrom, long burstFrom, long doubleBindings) throws IOException {
        Samples bind = new Samples();
        Samples burst = new Samples();
        carrierIdOf.forEach((callId, carrierId) -> {
            Long started = startedAt.get(carrierId);
            Long accepted = acceptedAt.get(callId);
            if (started != null && accepted != null && started >= measuredFrom) {
                (started < burstFrom ? bind : burst).add((accepted - started) / 1e6);
            }
        });
        if (doubleBindings > 0) {
            throw new IOException(doubleBindings + " double bindings: an agent held two calls, or a call two agents");
        }
        long measured =
                startedAt.values().stream().filter(at -> at >= measuredFrom).count();
        return new Report(
                "bind",
                Report.thisCommit(),
                Report.thisMachine(),
                List.of(
                        Report.Row.of(
                                "bind",
                                "ms",
                                bind,
                                "p50 ≤ 5, p99 ≤ 20 ms",
                                bind.percentile(50) <= 5 && bind.percentile(99) <= 20),
                        Report.Row.of("bind in burst", "ms", burst, "p99 ≤ 50 ms", burst.percentile(99) <= 50),
                        Report.Row.single("double bindings", "count", doubleBindings, "0", true)),
                List.of(
                        "%d agents, %.0f calls/s Poisson for %d s after %d s of warming up, then %.0f calls/s for %d s."
                                .formatted(
                                        count,
                                        CALLS_PER_SECOND,
                                        LASTS.toSeconds(),
                                        WARM_UP.toSeconds(),
                                        BURST_CALLS_PER_SECOND,
                                        BURST.toSeconds()),
                        "Of %d measured calls %d got no agent; in all %d calls, %d refused or abandoned, %d sockets failed."
                                .formatted(
                                        measured,
                                        measured - bind.count() - burst.count(),
                                        startedAt.size(),
                                        refused.sum(),
                                        failed.sum()),
                        "Callers, agents and gateway share the machine."));
    }
}
