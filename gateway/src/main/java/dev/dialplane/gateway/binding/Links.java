package dev.dialplane.gateway.binding;

import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.contracts.control.v1.AgentAddress;
import dev.dialplane.gateway.loop.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The agents that exist, and the connections to those that this gateway is concerned with: the ones that {@link Reach}
 * names, all of a pool while callers wait for it and a little longer, and those that hold or held a call of its own. On the
 * binding loop only.
 */
final class Links {
    /** Connections opened at once, and how long until the next ones: 3,200 a second. */
    private static final int AT_ONCE = 64;

    /** Of these, those for whom somebody waits. */
    private static final int HURRIED = 8;

    private static final Duration PACE = Duration.ofMillis(20);
    /** How long a pool stays connected after somebody waited, and an agent after it was asked something. */
    private static final Duration LINGER = Duration.ofSeconds(10);

    private static final Duration SETTLE = Duration.ofMillis(100);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private record Known(AgentAddress address, Shares.Claim claim) {}

    private static final class Territory {
        final Map<String, Known> agents = new LinkedHashMap<>();
        /** Those to stay connected to while nobody waits; null when agents or shares have changed since. */
        @Nullable
        Set<String> near;
        /** Connected, or to be connected, beyond those and for the time being: only they need to be looked at again. */
        final Set<String> surplus = new LinkedHashSet<>();

        boolean wasWide;
        int linked;
        long wideUntil = Long.MIN_VALUE;
        boolean settling;
        boolean widening;
    }

    private final BindingSettings settings;
    private final Loop loop;
    private final Function<AgentAddress, AgentConnection> connections;
    private final Map<PoolRef, PoolBook> pools;
    private final BindingListener listener;
    private final AgentLink.Listener change;

    private final Map<PoolRef, Territory> territories = new HashMap<>();
    private final Map<String, PoolRef> poolOf = new HashMap<>();
    private final Map<String, AgentLink> links = new HashMap<>();
    private final Map<String, Long> keptUntil = new HashMap<>();
    /** One for all links, and the same for the same gateway, so that a run on virtual time can be repeated. */
    private final RandomGenerator random;

    private final SequencedSet<String> toOpen = new LinkedHashSet<>();
    private boolean opening;
    private volatile int size;
    private Shares shares;
    private final Sharing sharing;

    Links(
            BindingSettings settings,
            Loop loop,
            Function<AgentAddress, AgentConnection> connections,
            Map<PoolRef, PoolBook> pools,
            BindingListener listener,
            AgentLink.Listener change) {
        this.settings = settings;
        this.loop = loop;
        this.connections = connections;
        this.pools = pools;
        this.listener = listener;
        this.change = change;
        random = new SplittableRandom(settings.gatewayId().hashCode());
        shares = new Shares(self(), List.of());
        sharing = new Sharing(loop, this::shareOut);
    }

    private Shares.Gateway self() {
        return new Shares.Gateway(settings.gatewayId(), settings.zone());
    }

    // What exists.

    /** These gateways take calls. */
    void share(List<Shares.Gateway> gateways) {
        sharing.told(gateways);
    }

    private void shareOut(List<Shares.Gateway> gateways) {
        shares = new Shares(self(), gateways);
        // One pool after another: to hash tens of thousands of agents in one go would have every call wait for it.
        territories.forEach((pool, territory) -> loop.execute(() -> {
            if (territories.get(pool) == territory) {
                territory.agents.replaceAll((uid, known) -> known(known.address));
                territory.near = null;
                settle(pool, territory);
                of(pool).forEach(this::file);
            }
        }));
    }

    private Known known(AgentAddress address) {
        return new Known(address, shares.of(address.getPodUid(), address.getZone()));
    }

    void put(AgentAddress agent) {
        String uid = agent.getPodUid();
        AgentLink link = links.get(uid);
        PoolRef before = poolOf.get(uid);
        if (before != null && unchanged(before, agent)) {
            return;
        }
        boolean moved = before != null && !before.equals(agent.getPool());
        if (link != null && (moved || !link.address().getAddress().equals(agent.getAddress()))) {
            close(link);
            link = null;
        }
        if (before != null && moved) {
            forget(uid, before);
        }
        poolOf.put(uid, agent.getPool());
        Territory territory = territories.computeIfAbsent(agent.getPool(), p -> new Territory());
        Known known = known(agent);
        Known former = territory.agents.put(uid, known);
        if (former == null && Reach.always(known.claim) && territory.near != null) {
            territory.near.add(uid);
        } else if (former == null || !former.claim.equals(known.claim)) {
            territory.near = null;
        }
        if (link != null) {
            link.readdress(agent);
            file(link);
        } else if (Reach.always(known.claim)) {
            want(uid);
        } else {
            if (wide(territory) || keptUntil.containsKey(uid)) {
                want(uid);
            }
            settleAfter(SETTLE, agent.getPool(), territory);
        }
    }

    /** A snapshot says mostly what is known. */
    private boolean unchanged(PoolRef pool, AgentAddress agent) {
        Territory territory = territories.get(pool);
        Known known = territory == null ? null : territory.agents.get(agent.getPodUid());
        return known != null && known.address.equals(agent);
    }

    void drop(String podUid) {
        AgentLink link = links.get(podUid);
        if (link != null) {
            close(link);
        }
        PoolRef pool = poolOf.remove(podUid);
        if (pool != null) {
            forget(podUid, pool);
        }
        keptUntil.remove(podUid);
        toOpen.remove(podUid);
    }

    private void forget(String podUid, PoolRef pool) {
        Territory territory = territories.get(pool);
        if (territory != null) {
            Known gone = territory.agents.remove(podUid);
            territory.surplus.remove(podUid);
            if (territory.near != null
                    && territory.near.remove(podUid)
                    && (gone == null || !Reach.always(gone.claim))) {
                // Another one takes its place among the few others.
                territory.near = null;
            }
            if (territory.agents.isEmpty()) {
                territories.remove(pool);
            } else {
                settleAfter(SETTLE, pool, territory);
            }
        }
    }

    /** Agents that exist. */
    Collection<String> known() {
        return List.copyOf(poolOf.keySet());
    }

    // Who is connected.

    @Nullable
    AgentLink get(String podUid) {
        return links.get(podUid);
    }

    /** The connection to an agent that exists, opened if need be, and kept for a while; null if there is no such agent. */
    @Nullable
    AgentLink reach(String podUid) {
        keep(podUid, LINGER);
        return links.containsKey(podUid) ? links.get(podUid) : open(podUid);
    }

    /** Stays connected to an agent for that long, from when it is known. */
    void keep(String podUid, Duration time) {
        keptUntil.merge(podUid, loop.nanos() + time.toNanos(), Math::max);
        PoolRef pool = poolOf.get(podUid);
        Territory territory = pool == null ? null : territories.get(pool);
        Known known = territory == null ? null : territory.agents.get(podUid);
        if (pool != null && territory != null && known != null && !Reach.always(known.claim)) {
            territory.surplus.add(podUid);
            settleAfter(LOOK_AGAIN, pool, territory);
        }
    }

    Collection<AgentLink> all() {
        return List.copyOf(links.values());
    }

    /** Agents with a connection. Callable from anywhere. */
    int size() {
        return size;
    }

    Collection<AgentLink> of(PoolRef pool) {
        Territory territory = territories.get(pool);
        List<AgentLink> present = new ArrayList<>();
        if (territory != null) {
            for (String uid : territory.agents.keySet()) {
                AgentLink link = links.get(uid);
                if (link != null) {
                    present.add(link);
                }
            }
        }
        return present;
    }

    /** Whether the pool has agents that this gateway is not connected to. */
    boolean unreached(PoolRef pool) {
        Territory territory = territories.get(pool);
        return territory != null && territory.linked < territory.agents.size();
    }

    /**
     * Somebody waits for the pool: connects to all of it. But as long as those that are this gateway's anyway are not all
     * connected, as when it has just begun, they come first: else one caller for each pool has it connect to everybody.
     */
    void widen(PoolRef pool) {
        Territory territory = territories.get(pool);
        if (territory == null) {
            return;
        }
        List<String> missing = missing(territory);
        if (missing.isEmpty()) {
            boolean wasWide = wide(territory);
            territory.wideUntil = loop.nanos() + LINGER.toNanos();
            if (!wasWide && territory.linked < territory.agents.size()) {
                settle(pool, territory);
            }
        } else {
            for (String uid : missing) {
                want(uid);
                toOpen.addFirst(uid);
            }
            widenSoon(pool, territory);
        }
    }

    private void widenSoon(PoolRef pool, Territory territory) {
        if (!territory.widening) {
            territory.widening = true;
            var unused = loop.after(SETTLE, () -> {
                territory.widening = false;
                if (territories.get(pool) == territory && somebodyWaits(pool)) {
                    widen(pool);
                }
            });
        }
    }

    private boolean somebodyWaits(PoolRef pool) {
        PoolBook book = pools.get(pool);
        return book != null && !book.waiting.isEmpty();
    }

    /** The first few that should be connected whoever waits, and are not. */
    private List<String> missing(Territory territory) {
        return near(territory).stream()
                .filter(uid -> !links.containsKey(uid))
                .limit(HURRIED)
                .toList();
    }

    private boolean wide(Territory territory) {
        return loop.nanos() < territory.wideUntil;
    }

    private void settleAfter(Duration delay, PoolRef pool, Territory territory) {
        if (!territory.settling) {
            territory.settling = true;
            var unused = loop.after(delay, () -> {
                territory.settling = false;
                if (territories.get(pool) == territory) {
                    settle(pool, territory);
                }
            });
        }
    }

    /** Opens what is wanted, and closes what no longer is. */
    private void settle(PoolRef pool, Territory territory) {
        if (somebodyWaits(pool)) {
            if (missing(territory).isEmpty()) {
                territory.wideUntil = loop.nanos() + LINGER.toNanos();
            } else {
                widenSoon(pool, territory);
            }
        }
        boolean wide = wide(territory);
        keptUntil.values().removeIf(until -> until <= loop.nanos());
        boolean whole = territory.near == null || wide || territory.wasWide;
        territory.wasWide = wide;
        Set<String> near = near(territory);
        List<String> looked = List.copyOf(whole ? territory.agents.keySet() : territory.surplus);
        territory.surplus.clear();
        for (String uid : looked) {
            boolean kept = keptUntil.containsKey(uid);
            AgentLink link = links.get(uid);
            if (near.contains(uid) || wide || kept && link == null) {
                want(uid);
                if (!near.contains(uid)) {
                    territory.surplus.add(uid);
                }
            } else if (link == null) {
                toOpen.remove(uid);
            } else if (kept || link.busyForUs()) {
                territory.surplus.add(uid);
            } else {
                letGo(link);
            }
        }
        if (!territory.surplus.isEmpty()) {
            settleAfter(LOOK_AGAIN, pool, territory);
        }
    }

    private Set<String> near(Territory territory) {
        Set<String> near = territory.near;
        if (near == null) {
            List<Reach.Known> agents = new ArrayList<>();
            territory.agents.forEach((uid, known) -> agents.add(new Reach.Known(uid, known.claim)));
            near = Reach.of(agents, settings.others());
            territory.near = near;
        }
        return near;
    }

    private void letGo(AgentLink link) {
        close(link);
        listener.agentChanged(link.told());
    }

    private void want(String podUid) {
        if (!links.containsKey(podUid) && toOpen.add(podUid) && !opening) {
            opening = true;
            loop.execute(this::openSome);
        }
    }

    private void openSome() {
        opening = false;
        int opened = 0;
        while (!toOpen.isEmpty() && opened < AT_ONCE) {
            if (open(toOpen.removeFirst()) != null) {
                opened++;
            }
        }
        if (!toOpen.isEmpty()) {
            opening = true;
            var unused = loop.after(PACE, this::openSome);
        }
    }

    private @Nullable AgentLink open(String podUid) {
        PoolRef pool = poolOf.get(podUid);
        Territory territory = pool == null ? null : territories.get(pool);
        Known known = territory == null ? null : territory.agents.get(podUid);
        if (territory == null || known == null || links.containsKey(podUid)) {
            return null;
        }
        toOpen.remove(podUid);
        AgentLink link = new AgentLink(
                known.address, settings.gatewayName(), connections.apply(known.address), loop, random, change);
        links.put(podUid, link);
        size = links.size();
        territory.linked++;
        link.watch();
        return link;
    }

    private void close(AgentLink link) {
        String uid = link.podUid();
        PoolRef pool = link.address().getPool();
        links.remove(uid);
        size = links.size();
        Territory territory = territories.get(pool);
        if (territory != null) {
            territory.linked--;
        }
        PoolBook book = pools.get(pool);
        if (book != null) {
            book.unfile(uid);
        }
        link.close();
    }

    /** Lets go of all. */
    void close() {
        all().forEach(this::close);
        toOpen.clear();
        territories.clear();
        poolOf.clear();
    }

    // What they can do.

    /** Something about an agent is different. */
    void changed(AgentLink link) {
        if (links.get(link.podUid()) == link) {
            change.changed(link);
        }
    }

    /** Puts an agent where its state says it belongs. */
    void file(AgentLink link) {
        PoolRef pool = link.address().getPool();
        PoolBook book = pools.get(pool);
        Territory territory = territories.get(pool);
        Known known = territory == null ? null : territory.agents.get(link.podUid());
        if (book != null && known != null && links.get(link.podUid()) == link) {
            boolean sameZone = settings.zone().isEmpty() || settings.zone().equals(known.address.getZone());
            book.file(link, sameZone, known.claim);
        }
    }
}
