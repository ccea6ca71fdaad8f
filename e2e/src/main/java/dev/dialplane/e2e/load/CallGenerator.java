package dev.dialplane.e2e.load;

import dev.dialplane.e2e.node.SimulatedNodes;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.HexFormat;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends calls to gateways on a schedule, whatever became of those before: an open loop. A gateway that does not take the
 * socket is passed over for the next, as a carrier's fallback does.
 */
public final class CallGenerator implements AutoCloseable {
    private final Targets targets;
    private final Observer observer;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .executor(Executors.newFixedThreadPool(
                    2, Thread.ofPlatform().name("calls-", 0).daemon().factory()))
            .build();
    private final ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("hang-ups").daemon().factory());
    private final Map<String, SilentCall.Line> lines = new ConcurrentHashMap<>();
    private final SplittableRandom ids = new SplittableRandom();
    private final String accountSid;
    private final LongAdder placed = new LongAdder();
    private final LongAdder unreachable = new LongAdder();
    private final AtomicLong turn = new AtomicLong();
    private final AtomicLong latestNanos = new AtomicLong();

    /** Where calls go. */
    public interface Targets {
        /** The media socket for the call of that number at that gateway. */
        URI socket(int gateway, long call);

        /** How many gateways there are. */
        int gateways();
    }

    /** Who is told. Must not block. */
    public interface Observer {
        /** A call is due now, on schedule, and not yet sent. */
        void due(String callSid, long dueNanos, int gateway);

        /** No gateway takes it. */
        void unreachable(String callSid);

        /** Its line is down. */
        void ended(String callSid, boolean byCaller, int gateway);
    }

    /** A generator that has sent nothing yet. */
    public CallGenerator(Targets targets, Observer observer) {
        this.targets = targets;
        this.observer = observer;
        accountSid = "AC" + randomHex();
    }

    /**
     * Sends calls until {@code enough} says so or the time is over; returns when the last one is sent, not when it ends.
     *
     * @param lastsNanos how long calls come
     */
    public void run(PoissonSchedule schedule, long lastsNanos, BooleanSupplier enough) {
        long start = System.nanoTime();
        while (!enough.getAsBoolean()) {
            PoissonSchedule.Due due = schedule.next();
            if (due.atNanos() > lastsNanos) {
                return;
            }
            long at = start + due.atNanos();
            for (long left = at - System.nanoTime(); left > 0; left = at - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            latestNanos.accumulateAndGet(System.nanoTime() - at, Math::max);
            place(at, due.holdNanos());
        }
    }

    private void place(long dueNanos, long holdNanos) {
        String callSid = "CA" + randomHex();
        placed.increment();
        long number = turn.getAndIncrement();
        attempt(callSid, number, 0, dueNanos, holdNanos);
    }

    private void attempt(String callSid, long number, int tries, long dueNanos, long holdNanos) {
        int gateways = targets.gateways();
        if (tries == gateways) {
            unreachable.increment();
            observer.unreachable(callSid);
            return;
        }
        int gateway = (int) ((number + tries) % gateways);
        observer.due(callSid, dueNanos, gateway);
        var unused = SilentCall.open(
                        http,
                        targets.socket(gateway, number),
                        accountSid,
                        callSid,
                        SimulatedNodes.CARRIER_CALL_ID,
                        () -> ended(callSid, gateway))
                .whenComplete((line, failure) -> {
                    if (line == null) {
                        attempt(callSid, number, tries + 1, dueNanos, holdNanos);
                    } else {
                        lines.put(callSid, line);
                        if (line.isOver()) {
                            lines.remove(callSid); // ended before it was put there
                        }
                        var later = clock.schedule(
                                line::hangUp, dueNanos + holdNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
                    }
                });
    }

    private void ended(String callSid, int gateway) {
        SilentCall.@Nullable Line line = lines.remove(callSid);
        observer.ended(callSid, line != null && line.byCaller(), gateway);
        if (line != null) {
            // The server closes as a rule; after that nothing keeps the descriptor.
            var later = clock.schedule(line::abort, 2, TimeUnit.SECONDS);
        }
    }

    private String randomHex() {
        byte[] bytes = new byte[16];
        synchronized (ids) {
            ids.nextBytes(bytes);
        }
        return HexFormat.of().formatHex(bytes);
    }

    /** Calls whose line is up. */
    public int active() {
        return lines.size();
    }

    /** Calls that were due. */
    public long placed() {
        return placed.sum();
    }

    /** Calls that no gateway took. */
    public long unreachable() {
        return unreachable.sum();
    }

    /** The latest that a call left after it was due, ns: the generator's own fault. */
    public long latestNanos() {
        return latestNanos.get();
    }

    /** Has every caller hang up. */
    public void hangUpAll() {
        lines.values().forEach(SilentCall.Line::hangUp);
    }

    /** Waits until no line is up; false if that takes longer. */
    public boolean awaitQuiet(long nanos) throws InterruptedException, ExecutionException {
        long deadline = System.nanoTime() + nanos;
        while (!lines.isEmpty()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            LockSupport.parkNanos(20_000_000);
        }
        return true;
    }

    @Override
    public void close() {
        clock.shutdownNow();
        lines.values().forEach(SilentCall.Line::abort);
        http.shutdownNow();
    }
}
