package dev.dialplane.gateway.metrics;

import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.gateway.binding.SearchEnd;
import dev.dialplane.gateway.call.CallMetrics;
import dev.dialplane.gateway.ingress.Ingress;
import dev.dialplane.gateway.playout.Playout;
import dev.dialplane.gateway.records.RecordData;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The gateway's meters. None is labeled by call, number, pool or customer; every label has few values.
 *
 * <p>The warm-hit ratio, the share of calls that found an agent without waiting for one, is left to the reader's rules:
 * {@code rate(dialplane_gateway_binds_seconds_count{outcome="warm"})} over the rate of {@code
 * outcome=~"warm|waited|overflowed|refused"}.
 */
public final class GatewayMetrics implements CallMetrics {
    private static final String PREFIX = "dialplane.gateway.";

    private final MeterRegistry registry;
    private final Timer bind;
    private final Map<SearchEnd, Timer> binds = new EnumMap<>(SearchEnd.class);
    private final Timer turn;
    private final Timer duration;
    private final Timer failover;
    private final Counter frames;
    private final Counter late;
    private final Counter underruns;
    private final Counter dropped;
    private final Counter concealed;
    private final Counter duplicates;
    private final Counter reordered;

    /** Meters in that registry. */
    public GatewayMetrics(MeterRegistry registry) {
        this.registry = registry;
        bind = histogram("bind", "From the carrier's start message to the agent's open stream", fromOneMillisecond());
        for (SearchEnd end : SearchEnd.values()) {
            binds.put(
                    end,
                    Timer.builder(PREFIX + "binds")
                            .description("From a call's arrival to the end of its search for an agent")
                            .tag("outcome", end.name().toLowerCase(Locale.ROOT))
                            .serviceLevelObjectives(fromOneMillisecond())
                            .register(registry));
        }
        turn = Timer.builder(PREFIX + "turn.latency")
                .description("From the end of the caller's speech to the first speech of the reply on the wire")
                .serviceLevelObjectives(millis(200, 300, 400, 500, 650, 800, 1_000, 1_500, 2_500, 5_000))
                .register(registry);
        duration = Timer.builder(PREFIX + "call.duration")
                .description("From answer to end")
                .serviceLevelObjectives(millis(10_000, 30_000, 60_000, 120_000, 300_000, 900_000, 3_600_000))
                .register(registry);
        failover = histogram(
                "failover", "From an agent's loss in a call to the next one's open stream", fromOneMillisecond());
        frames = counter("playout.frames", "Frames sent to carriers");
        late = counter("playout.frames.late", "Frames sent after the carrier had nothing left to play");
        underruns = counter("playout.underruns", "Gaps inside a run, filled with comfort noise");
        dropped = counter("playout.samples.dropped", "Samples for which a call's buffer had no room");
        concealed = counter("ingress.frames.concealed", "Frames made in place of what did not come in time");
        duplicates = counter("ingress.frames.duplicate", "Frames dropped because they had come before");
        reordered = counter("ingress.frames.reordered", "Frames put back in order");
    }

    /** A value that is looked up when it is asked for. */
    public void gauge(String name, String description, Supplier<Number> value) {
        io.micrometer.core.instrument.Gauge.builder(PREFIX + name, value)
                .description(description)
                .register(registry);
    }

    /** A count that is kept elsewhere. */
    public void count(String name, String description, Supplier<Number> value) {
        FunctionCounter.builder(PREFIX + name, value, v -> v.get().doubleValue())
                .description(description)
                .register(registry);
    }

    private Counter counter(String name, String description) {
        return Counter.builder(PREFIX + name).description(description).register(registry);
    }

    private Timer histogram(String name, String description, Duration[] buckets) {
        return Timer.builder(PREFIX + name)
                .description(description)
                .serviceLevelObjectives(buckets)
                .register(registry);
    }

    private static Duration[] fromOneMillisecond() {
        return millis(1, 2, 3, 5, 7, 10, 20, 35, 50, 75, 100, 200, 500, 1_000, 2_000, 5_000, 10_000);
    }

    private static Duration[] millis(long... values) {
        Duration[] durations = new Duration[values.length];
        for (int i = 0; i < values.length; i++) {
            durations[i] = Duration.ofMillis(values[i]);
        }
        return durations;
    }

    /** An agent answered an offer. */
    public void offered(long nanos, String answer) {
        Timer.builder(PREFIX + "offer")
                .description("From an offer to its answer")
                .tag("answer", answer)
                .serviceLevelObjectives(fromOneMillisecond())
                .register(registry)
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    /** A search for an agent ended. */
    public void searched(long nanos, SearchEnd end) {
        Objects.requireNonNull(binds.get(end)).record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void movedOn(long nanos) {
        failover.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void bound(long nanos) {
        bind.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void answered(String carrier) {
        registry.counter(PREFIX + "calls.answered", "carrier", carrier).increment();
    }

    @Override
    public void ended(String carrier, Cause cause, long milliseconds, Ingress ingress, Playout playout) {
        registry.counter(PREFIX + "calls.ended", "carrier", carrier, "cause", RecordData.spelled(cause))
                .increment();
        duration.record(Math.max(0, milliseconds), TimeUnit.MILLISECONDS);
        frames.increment(playout.framesSent());
        late.increment(playout.framesLate());
        underruns.increment(playout.underruns());
        dropped.increment(playout.samplesDropped());
        concealed.increment(ingress.concealed());
        duplicates.increment(ingress.duplicates());
        reordered.increment(ingress.reordered());
    }

    @Override
    public void refused(Cause cause) {
        registry.counter(PREFIX + "calls.refused", "cause", RecordData.spelled(cause))
                .increment();
    }

    @Override
    public void replied(long milliseconds) {
        turn.record(milliseconds, TimeUnit.MILLISECONDS);
    }

    @Override
    public void carrierFault(String carrier, String cause) {
        registry.counter(PREFIX + "carrier.faults", "carrier", carrier, "cause", cause)
                .increment();
    }
}
