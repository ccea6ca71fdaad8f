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

    /**
     * What gateways say of an agent, as of one moment.
     *
     * @param heard what was last heard from it; null when nothing was
     * @param unreachedSince since when gateways say that they do not reach it and none says that it does; null while one
     *     does, and while none says anything
     */
    public record Word(@Nullable Heard heard, @Nullable Instant unreachedSince) {}

    /** What changed by a message. */
    private record News(@Nullable Heard heard, boolean reach) {}

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

    /** Returns what gateways say of an agent. Who asks for its parts one by one may mix what was with what is. */
    public synchronized Word word(String podUid) {
        return new Word(heard.get(podUid), unreached.get(podUid));
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
        if (states.getFull()) {
            forgetUntold(gateway, states).forEach(this::tellOfReach);
        }
        for (AgentState state : states.getAgentsList()) {
            Optional<AgentPod> pod = pods.find(state.getPodUid());
            if (pod.isPresent()) {
                if (!state.getUnreachable()) {
                    pods.heardFrom(state.getPodUid());
                }
                News news = take(gateway, state);
                if (news.heard() != null) {
                    listeners.forEach(listener -> listener.accept(pod.get(), news.heard()));
                }
                if (news.reach()) {
                    tellOfReach(state.getPodUid());
                }
            }
        }
    }

    /** Forgets what a gateway says of any agent. */
    public void detached(String gateway) {
        forget(gateway, Set.of()).forEach(this::tellOfReach);
    }

    private Set<String> forgetUntold(String gateway, AgentStates states) {
        Set<String> told = new HashSet<>();
        states.getAgentsList().forEach(state -> told.add(state.getPodUid()));
        return forget(gateway, told);
    }

    /** Forgets what a gateway said of agents; returns those that are reached, or not, otherwise than before. */
    private synchronized Set<String> forget(String gateway, Set<String> except) {
        Set<String> changed = new HashSet<>();
        for (Map<String, Set<String>> words : List.of(reachable, unreachable)) {
            words.forEach((uid, gateways) -> {
                if (!except.contains(uid) && gateways.remove(gateway)) {
                    changed.add(uid);
                }
            });
        }
        changed.removeIf(uid -> !judge(uid));
        return changed;
    }

    private void tellOfReach(String uid) {
        pods.find(uid).ifPresent(pod -> reachListeners.forEach(listener -> listener.accept(pod)));
    }

    /** What agents do is told to the next leader; what was heard until now may be long past when this one is it. */
    synchronized void lost(@Observes Leadership.Lost event) {
        heard.clear();
    }

    /** Takes in all that a message says of an agent in one step: one that is heard again is not without reach as well. */
    private synchronized News take(String gateway, AgentState state) {
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
            return new News(null, judge(uid));
        }
        reach.add(gateway);
        reachNot.remove(gateway);
        Instant since = before != null && before.phase() == phase && before.served() == state.getCallsServed()
                ? before.since()
                : clock.instant();
        Heard now = new Heard(phase, since, state.getCallsServed(), state.getPrepareError());
        heard.put(uid, now);
        return new News(now.equals(before) ? null : now, judge(uid));
    }

    /** Sees whether gateways reach an agent by now, or do not any more; returns whether that is news. */
    private synchronized boolean judge(String uid) {
        boolean lost = reachable.getOrDefault(uid, Set.of()).isEmpty()
                && !unreachable.getOrDefault(uid, Set.of()).isEmpty();
        return lost ? unreached.putIfAbsent(uid, clock.instant()) == null : unreached.remove(uid) != null;
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
