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
import java.util.function.Consumer;
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

    /** By agent, the gateways that say that they do not reach it. */
    private final Map<String, Set<String>> unreachable = new HashMap<>();

    /** By agent, since when no gateway reaches it and some say so. */
    private final Map<String, Instant> unreached = new HashMap<>();

    private final List<Consumer<AgentPod>> reachListeners = new CopyOnWriteArrayList<>();
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

    /** Adds a listener for every agent that gateways cease to reach, or reach again. It must not block. */
    public void listenToReach(Consumer<AgentPod> listener) {
        reachListeners.add(listener);
    }

    /**
     * Returns since when gateways say that they do not reach an agent and none says that it does; empty while one does,
     * and while none says anything.
     */
    public synchronized Optional<Instant> unreachedSince(String podUid) {
        return Optional.ofNullable(unreached.get(podUid));
    }

    /** Returns whether any gateway reaches any agent. */
    public synchronized boolean reachesAny() {
        return reachable.values().stream().anyMatch(gateways -> !gateways.isEmpty());
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
        Set<String> judged = new HashSet<>();
        if (states.getFull()) {
            judged.addAll(forgetUntold(gateway, states));
        }
        for (AgentState state : states.getAgentsList()) {
            Optional<AgentPod> pod = pods.find(state.getPodUid());
            if (pod.isPresent()) {
                judged.add(state.getPodUid());
                if (!state.getUnreachable()) {
                    pods.heardFrom(state.getPodUid());
                }
                Heard changed = take(gateway, state);
                if (changed != null) {
                    listeners.forEach(listener -> listener.accept(pod.get(), changed));
                }
            }
        }
        judge(judged);
    }

    /** Forgets what a gateway says of any agent. */
    public void detached(String gateway) {
        Set<String> known;
        synchronized (this) {
            reachable.values().forEach(gateways -> gateways.remove(gateway));
            unreachable.values().forEach(gateways -> gateways.remove(gateway));
            known = new HashSet<>(reachable.keySet());
            known.addAll(unreachable.keySet());
        }
        judge(known);
    }

    private synchronized Set<String> forgetUntold(String gateway, AgentStates states) {
        Set<String> told = new HashSet<>();
        states.getAgentsList().forEach(state -> told.add(state.getPodUid()));
        Set<String> untold = new HashSet<>();
        for (Map<String, Set<String>> words : List.of(reachable, unreachable)) {
            words.forEach((uid, gateways) -> {
                if (!told.contains(uid) && gateways.remove(gateway)) {
                    untold.add(uid);
                }
            });
        }
        return untold;
    }

    /** What agents do is told to the next leader; what was heard until now may be long past when this one is it. */
    synchronized void lost(@Observes Leadership.Lost event) {
        heard.clear();
    }

    private synchronized @Nullable Heard take(String gateway, AgentState state) {
        String uid = state.getPodUid();
        Set<String> reach = reachable.computeIfAbsent(uid, _ -> new HashSet<>());
        Set<String> reachNot = unreachable.computeIfAbsent(uid, _ -> new HashSet<>());
        Heard before = heard.get(uid);
        AgentPhase phase = Protos.phase(state.getPhase());
        if (state.getUnreachable()) {
            reach.remove(gateway);
            reachNot.add(gateway);
            if (before == null && phase != AgentPhase.Unknown) {
                // What the gateway heard before the operator was there; nobody is told, because it may be long ago.
                heard.put(uid, new Heard(phase, clock.instant(), state.getCallsServed(), state.getPrepareError()));
            }
            return null;
        }
        reach.add(gateway);
        reachNot.remove(gateway);
        Instant since = before != null && before.phase() == phase && before.served() == state.getCallsServed()
                ? before.since()
                : clock.instant();
        Heard now = new Heard(phase, since, state.getCallsServed(), state.getPrepareError());
        heard.put(uid, now);
        return now.equals(before) ? null : now;
    }

    /** Sees whether gateways reach agents by now, or do not any more. */
    private void judge(Set<String> uids) {
        for (String uid : uids) {
            boolean news;
            synchronized (this) {
                boolean lost = reachable.getOrDefault(uid, Set.of()).isEmpty()
                        && !unreachable.getOrDefault(uid, Set.of()).isEmpty();
                news = lost ? unreached.putIfAbsent(uid, clock.instant()) == null : unreached.remove(uid) != null;
            }
            if (news) {
                pods.find(uid).ifPresent(pod -> reachListeners.forEach(listener -> listener.accept(pod)));
            }
        }
    }

    private synchronized void podChanged(@Nullable AgentPod before, @Nullable AgentPod after) {
        if (after == null && before != null) {
            heard.remove(before.uid());
            reachable.remove(before.uid());
            unreachable.remove(before.uid());
            unreached.remove(before.uid());
        }
    }
}
