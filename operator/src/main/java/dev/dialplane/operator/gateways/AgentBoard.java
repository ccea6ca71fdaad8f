package dev.dialplane.operator.gateways;

import dev.dialplane.contracts.control.v1.AgentState;
import dev.dialplane.contracts.control.v1.AgentStates;
import dev.dialplane.operator.leader.Leadership;
import dev.dialplane.operator.pool.AgentPhase;
import dev.dialplane.operator.pool.AgentPod;
import dev.dialplane.operator.pool.AgentPods;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What agents do, as gateways heard it from them. All gateways watch the same agents, so the last word counts; it is
 * kept when the gateway that brought it goes, because the agent is still there.
 */
@Singleton
public class AgentBoard {

    /**
     * What was last heard from an agent.
     *
     * @param phase what it does
     * @param since since when
     * @param served calls that it has served
     * @param prepareError why it could not be prepared; empty when it could
     */
    public record Heard(AgentPhase phase, Instant since, int served, String prepareError) {}

    private final AgentPods pods;
    private final Clock clock;
    private final Map<String, Heard> heard = new HashMap<>();

    /** By agent, the gateways that reach it. */
    private final Map<String, Set<String>> reachable = new HashMap<>();

    private final List<BiConsumer<AgentPod, Heard>> listeners = new CopyOnWriteArrayList<>();

    AgentBoard(AgentPods pods, Clock clock) {
        this.pods = pods;
        this.clock = clock;
        pods.listen(this::podChanged);
    }

    /** Adds a listener for every agent whose phase or preparation changes. It must not block. */
    public void listen(BiConsumer<AgentPod, Heard> listener) {
        listeners.add(listener);
    }

    /** Returns what was last heard from an agent. */
    public synchronized Optional<Heard> of(String podUid) {
        return Optional.ofNullable(heard.get(podUid));
    }

    /** Returns the gateways that reach an agent. */
    public synchronized List<String> reaching(String podUid) {
        return List.copyOf(reachable.getOrDefault(podUid, Set.of()));
    }

    /** Takes in what a gateway tells. */
    public void tell(String gateway, AgentStates states) {
        if (states.getFull()) {
            Set<String> told = new HashSet<>();
            states.getAgentsList().forEach(state -> told.add(state.getPodUid()));
            synchronized (this) {
                reachable.forEach((uid, gateways) -> {
                    if (!told.contains(uid)) {
                        gateways.remove(gateway);
                    }
                });
            }
        }
        for (AgentState state : states.getAgentsList()) {
            Optional<AgentPod> pod = pods.find(state.getPodUid());
            if (pod.isPresent()) {
                if (!state.getUnreachable()) {
                    pods.heardFrom(state.getPodUid());
                }
                Heard changed = take(gateway, state);
                if (changed != null) {
                    listeners.forEach(listener -> listener.accept(pod.get(), changed));
                }
            }
        }
    }

    /** Forgets that a gateway reaches any agent. */
    public synchronized void detached(String gateway) {
        reachable.values().forEach(gateways -> gateways.remove(gateway));
    }

    /** What agents do is told to the next leader; what was heard until now may be long past when this one is it. */
    synchronized void lost(@Observes Leadership.Lost event) {
        heard.clear();
    }

    private synchronized @Nullable Heard take(String gateway, AgentState state) {
        Set<String> gateways = reachable.computeIfAbsent(state.getPodUid(), _ -> new HashSet<>());
        if (state.getUnreachable()) {
            gateways.remove(gateway);
            return null;
        }
        gateways.add(gateway);
        Heard before = heard.get(state.getPodUid());
        AgentPhase phase = Protos.phase(state.getPhase());
        Instant since = before != null && before.phase() == phase && before.served() == state.getCallsServed()
                ? before.since()
                : clock.instant();
        Heard now = new Heard(phase, since, state.getCallsServed(), state.getPrepareError());
        heard.put(state.getPodUid(), now);
        return now.equals(before) ? null : now;
    }

    private synchronized void podChanged(@Nullable AgentPod before, @Nullable AgentPod after) {
        if (after == null && before != null) {
            heard.remove(before.uid());
            reachable.remove(before.uid());
        }
    }
}
