package dev.dialplane.gateway.binding;

import dev.dialplane.contracts.agent.v1.Phase;
import dev.dialplane.contracts.control.v1.Demand;
import dev.dialplane.contracts.control.v1.Pool;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the binding loop knows of one pool: what it is, which of its agents can do what, who waits, what was counted. */
final class PoolBook {
    Pool pool;
    /** Ready for the present spec. */
    final Picker ready = new Picker();
    /** Ready, for a former spec: better than nobody. */
    final Picker outdated = new Picker();
    /** By pod UID: those of the own share that were never prepared, and those that idle behind the present spec. */
    final Set<String> unprepared = new LinkedHashSet<>();

    /** Those of others' shares that were never prepared: theirs to prepare, unless somebody waits. */
    final Set<String> foreign = new LinkedHashSet<>();

    final Set<String> behind = new LinkedHashSet<>();
    final PoolQueue waiting = new PoolQueue();
    /** Preparations under way. */
    int preparing;

    long arrivals;
    long refused;
    long ended;
    int ringing;
    int active;

    PoolBook(Pool pool) {
        this.pool = pool;
    }

    /** The best one that can take a call, taken out; null if there is none. */
    @Nullable
    String pick() {
        String uid = ready.pick();
        return uid != null ? uid : outdated.pick();
    }

    /** Puts an agent where its state says it belongs. */
    void file(AgentLink link, boolean sameZone, Shares.Claim claim) {
        String uid = link.podUid();
        boolean current = link.state().getPreparedHash().equals(pool.getSpecHash());
        boolean avoid = link.address().getAvoid();
        if (link.free() && current) {
            ready.add(uid, sameZone, avoid, claim.share());
        } else {
            ready.remove(uid);
        }
        if (link.free() && !current) {
            outdated.add(uid, sameZone, avoid, claim.share());
        } else {
            outdated.remove(uid);
        }
        boolean own = claim.place() == 0;
        boolean never = link.preparable() && link.state().getPhase() == Phase.PHASE_STARTING;
        keep(unprepared, uid, never && own);
        keep(foreign, uid, never && !own);
        keep(behind, uid, link.preparable() && link.free() && !current && own);
    }

    private static void keep(Set<String> set, String uid, boolean wanted) {
        if (wanted) {
            set.add(uid);
        } else {
            set.remove(uid);
        }
    }

    /** Forgets an agent. */
    void unfile(String podUid) {
        ready.remove(podUid);
        outdated.remove(podUid);
        unprepared.remove(podUid);
        foreign.remove(podUid);
        behind.remove(podUid);
    }

    Demand demand() {
        return Demand.newBuilder()
                .setPool(pool.getRef())
                .setArrivals(arrivals)
                .setRefused(refused)
                .setEnded(ended)
                .setWaiting(waiting.size())
                .setRinging(ringing)
                .setActive(active)
                .build();
    }
}
