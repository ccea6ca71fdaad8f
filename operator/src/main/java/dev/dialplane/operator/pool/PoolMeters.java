package dev.dialplane.operator.pool;

import dev.dialplane.operator.gateways.DemandBoard;
import dev.dialplane.operator.leader.Leadership;
import dev.dialplane.operator.sizing.Load;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import jakarta.inject.Singleton;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** The live figures of pools, which the status tells only now and then. */
@Singleton
class PoolMeters {

    private final MeterRegistry registry;
    private final DemandBoard demand;
    private final PoolSizer sizer;
    private final Pools pools;
    private final Leadership leadership;
    private final Map<PoolKey, Figures> figures = new ConcurrentHashMap<>();

    private static final class Figures {
        private volatile Map<AgentPhase, Integer> phases = Map.of();
        private volatile int target;
        private volatile Load load = Load.NONE;
        private volatile double startSeconds = Double.NaN;
        private List<Meter> meters = List.of();
    }

    PoolMeters(MeterRegistry registry, DemandBoard demand, PoolSizer sizer, Pools pools, Leadership leadership) {
        this.registry = registry;
        this.demand = demand;
        this.sizer = sizer;
        this.pools = pools;
        this.leadership = leadership;
    }

    void observed(PoolKey pool, PoolStatusRule.Known known) {
        Figures now = figures.computeIfAbsent(pool, this::register);
        Map<AgentPhase, Integer> phases = new EnumMap<>(AgentPhase.class);
        known.agents().stream().filter(Agent::counts).forEach(agent -> phases.merge(agent.phase(), 1, Integer::sum));
        now.phases = phases;
        now.target = known.target().agents();
        now.load = known.load();
        Integer start = known.startMilliseconds();
        now.startSeconds = start == null ? Double.NaN : start / 1000.0;
    }

    void forget(PoolKey pool) {
        Figures gone = figures.remove(pool);
        if (gone != null) {
            gone.meters.forEach(registry::remove);
        }
    }

    private Figures register(PoolKey pool) {
        Figures fresh = new Figures();
        Tags tags = Tags.of("namespace", pool.namespace(), "pool", pool.name());
        Stream<Meter> agents = Stream.of(AgentPhase.values())
                .map(phase -> gauge(
                        "dialplane.agents",
                        fresh,
                        figures -> figures.phases.getOrDefault(phase, 0),
                        tags.and("state", phase.name())));
        fresh.meters = Stream.concat(
                        agents,
                        Stream.of(
                                gauge("dialplane.agents.target", fresh, figures -> figures.target, tags),
                                gauge(
                                        "dialplane.pool.offered.erlangs",
                                        fresh,
                                        figures -> figures.load.offeredErlangs(),
                                        tags),
                                gauge(
                                        "dialplane.pool.arrivals.per.second",
                                        fresh,
                                        figures -> figures.load.arrivalsPerSecond(),
                                        tags),
                                gauge(
                                        "dialplane.pool.growth.per.second",
                                        fresh,
                                        figures -> figures.load.growthPerSecond(),
                                        tags),
                                gauge("dialplane.pool.concurrent.calls", fresh, _ -> calls(pool), tags),
                                gauge("dialplane.pool.needed.agents", fresh, _ -> needed(pool), tags),
                                gauge("dialplane.pool.busy", fresh, figures -> figures.load.busy(), tags),
                                gauge("dialplane.pool.start.seconds", fresh, figures -> figures.startSeconds, tags)))
                .toList();
        return fresh;
    }

    /** What KEDA is told too. Only who leads knows what gateways are asked for. */
    private double calls(PoolKey pool) {
        return leadership.leads() ? demand.of(pool).inSystem() : Double.NaN;
    }

    private double needed(PoolKey pool) {
        return leadership.leads() ? pools.find(pool).map(sizer::needed).orElse(0) : Double.NaN;
    }

    private Meter gauge(String name, Figures figures, ToDoubleFunction<Figures> value, Tags tags) {
        return Gauge.builder(name, figures, value).tags(tags).register(registry);
    }
}
