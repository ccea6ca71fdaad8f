package dev.dialplane.operator.pool;

import dev.dialplane.crds.DurationText;
import dev.dialplane.crds.pool.Recycle;
import dev.dialplane.crds.pool.Scaling;
import dev.dialplane.crds.pool.VoiceAgentPool;
import dev.dialplane.crds.pool.VoiceAgentPoolStatus;
import dev.dialplane.operator.gateways.AgentBoard;
import dev.dialplane.operator.gateways.CallOutcomes;
import dev.dialplane.operator.gateways.DemandBoard;
import dev.dialplane.operator.gateways.Orders;
import dev.dialplane.operator.leader.Leadership;
import dev.dialplane.operator.sizing.Floors;
import dev.dialplane.operator.sizing.Hold;
import dev.dialplane.operator.sizing.Load;
import dev.dialplane.operator.sizing.LoadMeter;
import dev.dialplane.operator.sizing.SizingRule;
import dev.dialplane.operator.sizing.SizingRule.Bounds;
import dev.dialplane.operator.sizing.SizingRule.Decider;
import dev.dialplane.operator.sizing.SizingRule.Size;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Measures what each pool is asked for and says how many agents it should have. */
@Singleton
public class PoolSizer {

    /** Floors and slow averages change with time alone; this is how often they are looked at. */
    static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

    private static final int GONE_REMEMBERED = 1_000;

    private final Clock clock;
    private final Orders orders;
    private final Map<PoolKey, PoolMemory> memories = new ConcurrentHashMap<>();

    /** Since when agents are heard: gateways tell the leader alone. */
    private volatile Instant watched;

    /** Pods that went lately: the report of an agent that died in its call comes after it. */
    private final Map<String, AgentPod> gone = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, AgentPod> eldest) {
            return size() > GONE_REMEMBERED;
        }
    };

    PoolSizer(
            Clock clock,
            DemandBoard demand,
            AgentBoard board,
            CallOutcomes outcomes,
            AgentPods pods,
            Orders orders,
            PoolTrigger trigger) {
        this.clock = clock;
        this.orders = orders;
        watched = clock.instant();
        demand.listen((pool, counted) -> {
            memory(pool).counted(seconds(), counted.arrived(), counted.refused(), counted.inSystem(), counted.busy());
            trigger.nudge(pool);
        });
        board.listen((pod, heard) -> {
            if (heard.phase() == AgentPhase.Idle) {
                memory(pod.pool()).idle(pod, heard.since(), watched);
            } else if (heard.phase() == AgentPhase.Busy) {
                memory(pod.pool()).busy(pod);
            }
        });
        outcomes.listen(new CallOutcomes.Listener() {
            @Override
            public void ended(String podUid, CallOutcomes.Outcome outcome) {
                tell(podUid, pod -> memory(pod.pool()).callEnded(pod, outcome));
            }

            @Override
            public void declined(String podUid) {
                tell(podUid, pod -> memory(pod.pool()).callDeclined(pod));
            }

            private void tell(String podUid, Consumer<AgentPod> what) {
                pods.find(podUid).or(() -> lately(podUid)).ifPresent(pod -> {
                    what.accept(pod);
                    trigger.nudge(pod.pool());
                });
            }
        });
        pods.listen(this::podChanged);
    }

    /**
     * What was decided, and what it rests on.
     *
     * @param target how many agents
     * @param load what calls ask for
     * @param startMilliseconds what starting an agent takes; null as long as none was seen
     * @param problems what is wrong with the pool's scaling
     */
    record Sized(Target target, Load load, @Nullable Integer startMilliseconds, List<String> problems) {}

    /** Sizes a pool. */
    Sized size(VoiceAgentPool pool, int most) {
        PoolKey key = key(pool);
        PoolMemory memory = memory(key);
        Load load = memory.meter(seconds()).load();
        Scaling scaling = pool.getSpec().scaling();
        VoiceAgentPoolStatus status = memory.written != null ? memory.written : pool.getStatus();
        VoiceAgentPoolStatus.Sizing before = status == null ? null : status.sizing();
        Integer start = memory.starts().measured() ? memory.starts().p95() : null;
        List<String> problems = new ArrayList<>();
        if (scaling.mode() == Scaling.Mode.External) {
            memory.hold(Hold.NOTHING);
            return new Sized(Target.external(scaling, before, most), load, start, problems);
        }
        Bounds bounds = new Bounds(
                pool.getSpec().recycle().mode() == Recycle.Mode.Fresh,
                scaling.min(),
                floor(scaling, problems),
                most,
                Double.parseDouble(scaling.blocking()));
        Size now = SizingRule.size(load, bounds, memory.starts().p95() / 1000.0);
        Size held = hold(memory, before, now, DurationText.parse(scaling.scaleDownAfter()));
        return new Sized(Target.auto(SizingRule.clamp(held, bounds)), load, start, problems);
    }

    /**
     * Returns how many agents calls ask for, whoever decides how many there are; at most {@code scaling.max}, but one for
     * each call that there is: one that waits asks for an agent however few calls came before it.
     */
    public int needed(VoiceAgentPool pool) {
        PoolMemory memory = memory(key(pool));
        LoadMeter meter = memory.meter(seconds());
        Scaling scaling = pool.getSpec().scaling();
        Bounds bounds = new Bounds(
                pool.getSpec().recycle().mode() == Recycle.Mode.Fresh,
                0,
                0,
                scaling.max(),
                Double.parseDouble(scaling.blocking()));
        int sized = SizingRule.size(meter.load(), bounds, memory.starts().p95() / 1000.0)
                .agents();
        return Math.max(meter.inSystem(), sized);
    }

    /** What the pool is remembered by. */
    PoolMemory memory(PoolKey pool) {
        return memories.computeIfAbsent(pool, _ -> new PoolMemory(seconds()));
    }

    void gained(@Observes Leadership.Gained event) {
        watched = clock.instant();
    }

    /** What was last written of a pool is another's to say once another leads. */
    void lost(@Observes Leadership.Lost event) {
        memories.values().forEach(memory -> {
            memory.written = null;
            memory.writtenAt = Instant.EPOCH;
        });
    }

    /** Forgets a pool. */
    void forget(PoolKey pool) {
        memories.remove(pool);
    }

    static PoolKey key(VoiceAgentPool pool) {
        return new PoolKey(pool.getMetadata().getNamespace(), pool.getMetadata().getName());
    }

    private Optional<AgentPod> lately(String uid) {
        synchronized (gone) {
            return Optional.ofNullable(gone.get(uid));
        }
    }

    private Size hold(PoolMemory memory, VoiceAgentPoolStatus.@Nullable Sizing before, Size now, Duration lasts) {
        double time = seconds();
        Hold hold = memory.hold();
        if (hold.sizes().isEmpty() && before != null && before.target() > now.agents()) {
            // A restarted operator does not know how long fewer would have done: it waits as long as anew.
            hold = hold.with(time, new Size(before.target(), decider(before.rule())));
        }
        hold = hold.with(time, now).since(time - lasts.toMillis() / 1000.0);
        memory.hold(hold);
        return hold.target();
    }

    private static Decider decider(String rule) {
        for (Decider decider : Decider.values()) {
            if (decider.name().equals(rule)) {
                return decider;
            }
        }
        return Decider.ErlangB;
    }

    private int floor(Scaling scaling, List<String> problems) {
        List<Floors.Floor> floors = new ArrayList<>();
        for (int i = 0; i < scaling.floors().size(); i++) {
            Scaling.Floor floor = scaling.floors().get(i);
            try {
                floors.add(Floors.Floor.of(
                        floor.cron(), floor.timeZone(), DurationText.parse(floor.duration()), floor.min()));
            } catch (IllegalArgumentException e) {
                problems.add("spec.scaling.floors[%d]: %s".formatted(i, e.getMessage()));
            }
        }
        return Floors.inForce(floors, clock.instant());
    }

    private void podChanged(@Nullable AgentPod before, @Nullable AgentPod after) {
        if (after == null && before != null) {
            synchronized (gone) {
                gone.put(before.uid(), before);
            }
            PoolMemory memory = memories.get(before.pool());
            if (memory != null) {
                memory.gone(before.uid());
            }
        }
        // One that is ready once more says nothing about pods that start.
        boolean started =
                after != null && after.life() == AgentPod.Life.Ready && (before == null || !before.everReady());
        // With a gateway there, an agent has to become idle too before it counts as started.
        if (after != null && started && !orders.anyGateway()) {
            memory(after.pool()).ready();
        }
    }

    private double seconds() {
        Instant now = clock.instant();
        return now.getEpochSecond() + now.getNano() / 1e9;
    }
}
