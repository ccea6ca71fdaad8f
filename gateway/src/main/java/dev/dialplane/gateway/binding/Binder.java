package dev.dialplane.gateway.binding;

import dev.dialplane.contracts.agent.v1.AcknowledgeSummaryRequest;
import dev.dialplane.contracts.agent.v1.RetireRequest;
import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.contracts.control.v1.AgentAddress;
import dev.dialplane.contracts.control.v1.AgentState;
import dev.dialplane.contracts.control.v1.Demand;
import dev.dialplane.contracts.control.v1.Pool;
import dev.dialplane.gateway.loop.Loop;
import dev.dialplane.gateway.token.CallTokens;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Finds an agent for a call: offers it to the best one that is ready, to the next one if that says busy or nothing, and
 * has the call wait in its pool's queue while there is none. Woken by what agents report; polls nothing.
 *
 * <p>This is the door to the binding loop, to which all state belongs: {@link Links} knows the agents, {@link Searches} the
 * calls that look for one, {@link Offering} brings the two together, {@link Preparing} makes agents ready. The public
 * methods may be called from anywhere.
 */
public final class Binder {
    private static final Logger LOG = Logger.getLogger(Binder.class);
    private static final Duration ASKING = Duration.ofSeconds(2);

    private final BindingSettings settings;
    private final Loop loop;
    private final BindingListener listener;

    private final Map<PoolRef, PoolBook> pools = new HashMap<>();
    private final Links links;
    private final Offering offering;
    private final Bindings bindings;
    private final Searches searches;
    private final Preparing preparing;

    /** A binder that knows nobody yet, where no call is recorded. */
    public Binder(
            BindingSettings settings,
            CallTokens tokens,
            Loop loop,
            Function<AgentAddress, AgentConnection> connections,
            InstantSource clock,
            BindingListener listener) {
        this(settings, tokens, loop, connections, clock, listener, pool -> false);
    }

    /**
     * A binder that knows nobody yet.
     *
     * @param records whether a pool's calls can be recorded here
     */
    public Binder(
            BindingSettings settings,
            CallTokens tokens,
            Loop loop,
            Function<AgentAddress, AgentConnection> connections,
            InstantSource clock,
            BindingListener listener,
            Predicate<Pool> records) {
        this.settings = settings;
        this.loop = loop;
        this.listener = listener;
        links = new Links(settings, loop, connections, pools, listener, this::changed);
        offering = new Offering(settings, tokens, loop, clock, links, listener, records);
        bindings = new Bindings(loop);
        searches = new Searches(loop, pools, links, bindings, offering, listener);
        preparing = new Preparing(settings, tokens, clock, links);
    }

    // What exists.

    /** These are all pools and agents; what is not among them is forgotten. */
    public void replaceAll(List<Pool> newPools, List<AgentAddress> newAgents) {
        loop.execute(() -> {
            Set<PoolRef> wantedPools = new HashSet<>();
            newPools.forEach(p -> wantedPools.add(p.getRef()));
            List.copyOf(pools.keySet()).stream()
                    .filter(ref -> !wantedPools.contains(ref))
                    .forEach(this::dropPool);
            newPools.forEach(this::putPool);
            Set<String> wanted = new HashSet<>();
            newAgents.forEach(a -> wanted.add(a.getPodUid()));
            links.known().stream().filter(uid -> !wanted.contains(uid)).forEach(this::dropAgent);
            newAgents.forEach(links::put);
        });
    }

    /** A pool is new, or changed. */
    public void upsertPool(Pool pool) {
        loop.execute(() -> putPool(pool));
    }

    /** A pool as it is known, or null. */
    public CompletableFuture<@Nullable Pool> pool(PoolRef ref) {
        return ask(() -> {
            PoolBook book = pools.get(ref);
            return book == null ? null : book.pool;
        });
    }

    /** A pool is gone. */
    public void removePool(PoolRef ref) {
        loop.execute(() -> dropPool(ref));
    }

    /** An agent is new, or changed. */
    public void upsertAgent(AgentAddress agent) {
        loop.execute(() -> links.put(agent));
    }

    /** An agent is gone. */
    public void removeAgent(String podUid) {
        loop.execute(() -> dropAgent(podUid));
    }

    private void putPool(Pool pool) {
        PoolBook book = pools.get(pool.getRef());
        if (book == null) {
            book = new PoolBook(pool);
            pools.put(pool.getRef(), book);
        }
        book.pool = pool;
        links.of(pool.getRef()).forEach(links::file);
        searches.serve(book);
        preparing.some(book);
    }

    private void dropPool(PoolRef ref) {
        PoolBook gone = pools.remove(ref);
        if (gone != null) {
            searches.dissolve(gone);
        }
    }

    private void dropAgent(String podUid) {
        links.drop(podUid);
        bindings.forgetAgent(podUid);
    }

    private void changed(AgentLink link) {
        listener.agentChanged(link.told());
        if (link.state().hasUnreportedSummary()) {
            listener.summaryWaits(link.podUid(), link.state().getUnreportedSummary());
        }
        bindings.heard(link);
        links.file(link);
        PoolBook book = pools.get(link.address().getPool());
        if (book != null) {
            searches.serve(book);
            preparing.some(book);
        }
    }

    /** These gateways share the agents out; none if that is not known. */
    public void share(List<Shares.Gateway> gateways) {
        loop.execute(() -> links.share(gateways));
    }

    /** Stays connected to agents for that long, whosever they are: they may hold something for this gateway. */
    public void follow(Collection<String> podUids, Duration time) {
        loop.execute(() -> podUids.forEach(uid -> links.keep(uid, time)));
    }

    // Binding.

    /**
     * Looks for an agent. The outcome always comes; it is completed on the binding loop. A request that is repeated while
     * the call looks for an agent, or has one, gets the first one's outcome; a later attempt looks for another agent.
     */
    public CompletableFuture<BindOutcome> bind(BindRequest request) {
        CompletableFuture<BindOutcome> outcome = new CompletableFuture<>();
        long since = loop.nanos();
        loop.execute(() -> {
            if (!outcome.isDone()) {
                searches.begin(request, since, outcome);
            }
        });
        return outcome;
    }

    /**
     * Turns a reservation into a live call: offers once more to the agent that holds it, with the same fence. Null when it
     * does not answer, has gone, or says no.
     */
    public CompletableFuture<BindOutcome.@Nullable Bound> confirm(BindRequest request, Fence fence, String podUid) {
        CompletableFuture<BindOutcome.@Nullable Bound> bound = new CompletableFuture<>();
        loop.execute(() -> {
            AgentLink link = links.reach(podUid);
            PoolBook book = link == null ? null : pools.get(link.address().getPool());
            if (link == null || book == null) {
                bound.complete(null);
            } else {
                offering.confirm(book, request, fence, link, bound::complete);
            }
        });
        return bound;
    }

    /** Nobody will take up what an agent has accepted. */
    public void release(BindOutcome.Bound bound) {
        loop.execute(() -> {
            AgentLink link = links.get(bound.podUid());
            if (link != null) {
                link.connection().release(bound.fence());
            }
        });
    }

    // Agents.

    /** An agent's answer to being asked to leave. */
    public enum Retirement {
        RETIRING,
        BUSY,
        UNKNOWN,
        UNREACHABLE
    }

    /** Asks an agent to leave. */
    public CompletableFuture<Retirement> retire(String podUid, String reason) {
        CompletableFuture<Retirement> answer = new CompletableFuture<>();
        loop.execute(() -> {
            AgentLink link = links.reach(podUid);
            if (link == null) {
                answer.complete(Retirement.UNKNOWN);
                return;
            }
            if (!link.connected() && link.heard() > 0) {
                answer.complete(Retirement.UNREACHABLE);
                return;
            }
            RetireRequest request = RetireRequest.newBuilder()
                    .setPodUid(podUid)
                    .setReason(reason)
                    .build();
            link.connection()
                    .retire(
                            request,
                            ASKING,
                            (response, failure) -> answer.complete(
                                    response == null
                                            ? Retirement.UNREACHABLE
                                            : response.getRetiring() ? Retirement.RETIRING : Retirement.BUSY));
        });
        return answer;
    }

    /** Whether an agent was seen in that call. */
    public CompletableFuture<Boolean> wasTakenUp(String podUid, Fence fence) {
        return ask(() -> {
            AgentLink link = links.get(podUid);
            return link != null && fence.equals(link.lastActive());
        });
    }

    /** Tells an agent that its summary is on disk here. */
    public void acknowledgeSummary(String podUid, Fence fence) {
        loop.execute(() -> {
            AgentLink link = links.reach(podUid);
            if (link == null) {
                return;
            }
            AcknowledgeSummaryRequest request =
                    AcknowledgeSummaryRequest.newBuilder().setFence(fence).build();
            link.connection().acknowledge(request, ASKING, (response, failure) -> {
                if (failure != null) {
                    LOG.debugf("call %s: summary not acknowledged: %s", fence.getCallId(), failure);
                }
            });
        });
    }

    /** The states of all agents that were ever heard of. */
    public CompletableFuture<List<AgentState>> states() {
        return ask(() -> links.all().stream()
                .filter(l -> l.heard() > 0)
                .map(AgentLink::told)
                .toList());
    }

    // Demand.

    /** The figures of all pools. */
    public CompletableFuture<List<Demand>> demands() {
        return ask(() -> pools.values().stream().map(PoolBook::demand).toList());
    }

    /** A call moved on: rings, was answered, or ended. */
    public void count(PoolRef pool, int ringing, int active, int ended) {
        counted(pool, book -> {
            book.ringing += ringing;
            book.active += active;
            book.ended += ended;
        });
    }

    /** A call that was refused before anybody was asked. */
    public void countRefused(PoolRef pool) {
        counted(pool, book -> {
            book.arrivals++;
            book.refused++;
        });
    }

    private void counted(PoolRef pool, Consumer<PoolBook> counting) {
        loop.execute(() -> {
            PoolBook book = pools.get(pool);
            if (book != null) {
                counting.accept(book);
                listener.demandChanged(book.demand());
            }
        });
    }

    /** Calls that look for an agent. */
    public int looking() {
        return searches.looking();
    }

    /** Agents that this gateway is connected to, or about to be. */
    public int linked() {
        return links.size();
    }

    /** Searches, bindings and connections: what would be left if something leaked. */
    CompletableFuture<List<Integer>> held() {
        return ask(
                () -> List.of(searches.looking(), bindings.size(), links.all().size()));
    }

    /** Lets go of all agents. */
    public void close() {
        loop.execute(links::close);
    }

    private <T extends @Nullable Object> CompletableFuture<T> ask(Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        loop.execute(() -> answer.complete(question.get()));
        return answer;
    }
}
