package dev.dialplane.gateway.binding;

import dev.dialplane.contracts.agent.v1.AcknowledgeSummaryRequest;
import dev.dialplane.contracts.agent.v1.AcknowledgeSummaryResponse;
import dev.dialplane.contracts.agent.v1.OfferRequest;
import dev.dialplane.contracts.agent.v1.OfferResponse;
import dev.dialplane.contracts.agent.v1.Phase;
import dev.dialplane.contracts.agent.v1.PrepareRequest;
import dev.dialplane.contracts.agent.v1.PrepareResponse;
import dev.dialplane.contracts.agent.v1.RetireRequest;
import dev.dialplane.contracts.agent.v1.RetireResponse;
import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.contracts.control.v1.AgentAddress;
import dev.dialplane.contracts.control.v1.AgentState;
import dev.dialplane.contracts.control.v1.Demand;
import dev.dialplane.contracts.control.v1.Pool;
import dev.dialplane.gateway.loop.SerialLoop;
import dev.dialplane.gateway.token.CallTokens;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Finds an agent for a call: offers it to the best one that is ready, to the next one if that says busy or nothing, and
 * has the call wait in its pool's queue while there is none. Woken by what agents report; polls nothing.
 *
 * <p>All state belongs to the binding loop. The public methods may be called from anywhere.
 */
public final class Binder {
    private static final Logger LOG = Logger.getLogger(Binder.class);

    private final BindingSettings settings;
    private final CallTokens tokens;
    private final SerialLoop loop;
    private final Function<AgentAddress, ManagedChannel> channels;
    private final InstantSource clock;
    private final BindingListener listener;

    private final Map<PoolRef, PoolBook> pools = new HashMap<>();
    private final Map<String, AgentLink> links = new HashMap<>();

    /** A binder that knows nobody yet. */
    public Binder(
            BindingSettings settings,
            CallTokens tokens,
            SerialLoop loop,
            Function<AgentAddress, ManagedChannel> channels,
            InstantSource clock,
            BindingListener listener) {
        this.settings = settings;
        this.tokens = tokens;
        this.loop = loop;
        this.channels = channels;
        this.clock = clock;
        this.listener = listener;
    }

    // What exists.

    /** These are all pools and agents; what is not among them is forgotten. */
    public void replaceAll(List<Pool> newPools, List<AgentAddress> newAgents) {
        loop.execute(() -> {
            Map<PoolRef, Pool> wantedPools = new HashMap<>();
            newPools.forEach(p -> wantedPools.put(p.getRef(), p));
            List.copyOf(pools.keySet()).stream()
                    .filter(ref -> !wantedPools.containsKey(ref))
                    .forEach(this::dropPool);
            newPools.forEach(this::putPool);
            Map<String, AgentAddress> wanted = new HashMap<>();
            newAgents.forEach(a -> wanted.put(a.getPodUid(), a));
            List.copyOf(links.keySet()).stream()
                    .filter(uid -> !wanted.containsKey(uid))
                    .forEach(this::dropAgent);
            newAgents.forEach(this::putAgent);
        });
    }

    /** A pool is new, or changed. */
    public void upsertPool(Pool pool) {
        loop.execute(() -> putPool(pool));
    }

    /** A pool is gone. */
    public void removePool(PoolRef ref) {
        loop.execute(() -> dropPool(ref));
    }

    /** An agent is new, or changed. */
    public void upsertAgent(AgentAddress agent) {
        loop.execute(() -> putAgent(agent));
    }

    /** An agent is gone. */
    public void removeAgent(String podUid) {
        loop.execute(() -> dropAgent(podUid));
    }

    private void putPool(Pool pool) {
        PoolBook book = pools.get(pool.getRef());
        if (book == null) {
            book = new PoolBook(pool, settings.gatewayId());
            pools.put(pool.getRef(), book);
        }
        book.pool = pool;
        for (AgentLink link : List.copyOf(links.values())) {
            if (link.address().getPool().equals(pool.getRef())) {
                file(link);
            }
        }
        serve(book);
        prepareSome(book);
    }

    private void dropPool(PoolRef ref) {
        PoolBook book = pools.remove(ref);
        if (book != null) {
            List.copyOf(book.waiting).forEach(w -> refuse(w, Cause.CAUSE_POOL_UNKNOWN, "the pool was deleted"));
            book.waiting.clear();
        }
    }

    private void putAgent(AgentAddress agent) {
        AgentLink present = links.get(agent.getPodUid());
        if (present != null && present.address().getAddress().equals(agent.getAddress())) {
            present.readdress(agent);
            file(present);
            return;
        }
        if (present != null) {
            dropAgent(agent.getPodUid());
        }
        AgentLink link = new AgentLink(agent, settings.gatewayName(), channels.apply(agent), loop, this::changed);
        links.put(agent.getPodUid(), link);
        link.watch();
    }

    private void dropAgent(String podUid) {
        AgentLink link = links.remove(podUid);
        if (link != null) {
            link.close();
            unfile(link);
        }
    }

    // What agents report.

    private void changed(AgentLink link) {
        listener.agentChanged(stateOf(link));
        if (link.state().hasUnreportedSummary()) {
            listener.summaryWaits(link.podUid(), link.state().getUnreportedSummary());
        }
        file(link);
        PoolBook book = pools.get(link.address().getPool());
        if (book != null) {
            serve(book);
            prepareSome(book);
        }
    }

    private void unfile(AgentLink link) {
        PoolBook book = pools.get(link.address().getPool());
        if (book != null) {
            book.ready.remove(link.podUid());
            book.outdated.remove(link.podUid());
            book.unprepared.remove(link.podUid());
            book.behind.remove(link.podUid());
        }
    }

    /** Puts an agent where its state says it belongs. */
    private void file(AgentLink link) {
        PoolBook book = pools.get(link.address().getPool());
        if (book == null) {
            return;
        }
        String uid = link.podUid();
        boolean current = link.state().getPreparedHash().equals(book.pool.getSpecHash());
        boolean sameZone = settings.zone().isEmpty()
                || settings.zone().equals(link.address().getZone());
        boolean avoid = link.address().getAvoid();
        if (link.free() && current) {
            book.ready.add(uid, sameZone, avoid);
        } else {
            book.ready.remove(uid);
        }
        if (link.free() && !current) {
            book.outdated.add(uid, sameZone, avoid);
        } else {
            book.outdated.remove(uid);
        }
        boolean canPrepare = link.connected() && !link.preparing && !link.prepareResting && !link.asked;
        if (canPrepare && link.state().getPhase() == Phase.PHASE_STARTING) {
            book.unprepared.add(uid);
        } else {
            book.unprepared.remove(uid);
        }
        if (canPrepare && link.free() && !current) {
            book.behind.add(uid);
        } else {
            book.behind.remove(uid);
        }
    }

    private AgentState stateOf(AgentLink link) {
        AgentState.Builder state = AgentState.newBuilder()
                .setPodUid(link.podUid())
                .setPhase(link.state().getPhase())
                .setPreparedHash(link.state().getPreparedHash())
                .setCallsServed(link.state().getCallsServed())
                .setUnreachable(!link.connected())
                .setPrepareError(
                        link.state().getPrepareError().isEmpty()
                                ? link.prepareError
                                : link.state().getPrepareError());
        if (link.state().hasFence()) {
            state.setFence(link.state().getFence());
        }
        return state.build();
    }

    /** The states of all agents that were ever heard of. */
    public CompletableFuture<List<AgentState>> states() {
        CompletableFuture<List<AgentState>> states = new CompletableFuture<>();
        loop.execute(() -> states.complete(links.values().stream()
                .filter(l -> l.heard() > 0)
                .map(this::stateOf)
                .toList()));
        return states;
    }

    /** The figures of all pools. */
    public CompletableFuture<List<Demand>> demands() {
        CompletableFuture<List<Demand>> demands = new CompletableFuture<>();
        loop.execute(() ->
                demands.complete(pools.values().stream().map(Binder::demandOf).toList()));
        return demands;
    }

    // Preparing.

    private void prepareSome(PoolBook book) {
        Preparations.Choice choice = Preparations.choose(
                book.unprepared.size(),
                book.behind.size(),
                book.ready.size(),
                book.preparing,
                settings.preparations(),
                book.waiting.size());
        List<String> chosen = new ArrayList<>();
        book.unprepared.stream().limit(choice.unprepared()).forEach(chosen::add);
        book.behind.stream().limit(choice.outdated()).forEach(chosen::add);
        for (String uid : chosen) {
            AgentLink link = links.get(uid);
            if (link != null) {
                prepare(book, link);
            }
        }
    }

    private void prepare(PoolBook book, AgentLink link) {
        link.preparing = true;
        book.preparing++;
        file(link);
        PrepareRequest request = PrepareRequest.newBuilder()
                .setHash(book.pool.getSpecHash())
                .setSpec(book.pool.getSpec())
                .setPool(book.pool.getRef())
                .setPrepareToken(tokens.forPreparation(
                        book.pool.getRef(),
                        link.podUid(),
                        clock.millis() + settings.prepareDeadline().toMillis()))
                .build();
        link.stub()
                .withDeadlineAfter(settings.prepareDeadline().toMillis(), TimeUnit.MILLISECONDS)
                .prepare(request, answer((PrepareResponse response, @Nullable Throwable failure) -> {
                    link.preparing = false;
                    book.preparing--;
                    if (failure == null) {
                        link.prepareError = "";
                        link.prepareBackoff.reset();
                    } else {
                        restAfterFailure(link, failure);
                    }
                    changed(link);
                }));
    }

    private void restAfterFailure(AgentLink link, Throwable failure) {
        Status status = Status.fromThrowable(failure);
        // An agent in a call keeps its spec; its watch says when it is free.
        if (status.getCode() != Status.Code.FAILED_PRECONDITION) {
            link.prepareError = String.valueOf(status.getDescription());
            LOG.warnf("agent %s: preparing failed: %s", link.address().getPodName(), status);
        }
        link.prepareResting = true;
        var unused = loop.after(link.prepareBackoff.next(), () -> {
            link.prepareResting = false;
            changed(link);
        });
    }

    // Binding.

    /** Looks for an agent. The outcome always comes; it is completed on the binding loop. */
    public CompletableFuture<BindOutcome> bind(BindRequest request) {
        CompletableFuture<BindOutcome> outcome = new CompletableFuture<>();
        long since = System.nanoTime();
        loop.execute(() -> {
            Waiter waiter = new Waiter(request, outcome, since);
            outcome.whenComplete((how, failure) -> {
                if (outcome.isCancelled()) {
                    loop.execute(() -> giveUp(waiter));
                }
            });
            enter(waiter);
        });
        return outcome;
    }

    private void giveUp(Waiter waiter) {
        if (!waiter.done) {
            waiter.done = true;
            if (waiter.timeout != null) {
                waiter.timeout.cancel(false);
            }
            PoolBook book = pools.get(waiter.pool);
            if (book != null && book.waiting.remove(waiter)) {
                publish(book);
            }
        }
    }

    private void enter(Waiter waiter) {
        PoolBook book = pools.get(waiter.pool);
        waiter.tried.add(waiter.pool);
        if (book == null) {
            refuse(waiter, Cause.CAUSE_POOL_UNKNOWN, "no pool of this name is known");
            return;
        }
        book.arrivals++;
        if (book.pool.getPaused()) {
            overflowOrRefuse(book, waiter, Cause.CAUSE_POOL_PAUSED, "the pool is paused");
            return;
        }
        long ownPatience = book.pool.getQueueMaxWaitMs();
        long left = waiter.request.patience().toMillis() - elapsedMs(waiter);
        waiter.timeout =
                loop.after(Duration.ofMillis(Math.max(0, Math.min(ownPatience, left))), () -> timedOut(waiter));
        if (book.waiting.isEmpty() && offerNext(book, waiter)) {
            publish(book);
            return;
        }
        if (book.waiting.size() >= book.pool.getQueueMaxLength() || ownPatience == 0) {
            Cause cause = ownPatience == 0 || book.pool.getQueueMaxLength() == 0
                    ? Cause.CAUSE_NO_AGENT
                    : Cause.CAUSE_QUEUE_FULL;
            overflowOrRefuse(
                    book,
                    waiter,
                    cause,
                    "no agent is free" + (cause == Cause.CAUSE_QUEUE_FULL ? ", and the queue is full" : ""));
            return;
        }
        book.waiting.addLast(waiter);
        publish(book);
    }

    private void timedOut(Waiter waiter) {
        PoolBook book = pools.get(waiter.pool);
        // An offer that is under way decides; if it fails, there is no time left for another.
        if (book != null && book.waiting.remove(waiter)) {
            overflowOrRefuse(book, waiter, Cause.CAUSE_NO_AGENT, "no agent became free in time");
        }
    }

    private void overflowOrRefuse(PoolBook book, Waiter waiter, Cause cause, String detail) {
        PoolRef next = book.pool.getOverflow();
        if (waiter.timeout != null) {
            waiter.timeout.cancel(false);
        }
        if (book.pool.hasOverflow() && !next.getName().isEmpty() && !waiter.tried.contains(next)) {
            book.refused++;
            publish(book);
            waiter.pool = next;
            enter(waiter);
            return;
        }
        refuse(waiter, cause, detail);
    }

    private void refuse(Waiter waiter, Cause cause, String detail) {
        PoolBook book = pools.get(waiter.pool);
        if (book != null) {
            book.refused++;
            publish(book);
        }
        waiter.finish(new BindOutcome.Refused(waiter.pool, cause, detail, elapsedMs(waiter)));
    }

    /** Offers to those who wait, in their order, as long as there is somebody to offer to. */
    private void serve(PoolBook book) {
        if (book.pool.getPaused()) {
            return;
        }
        boolean moved = false;
        while (!book.waiting.isEmpty()) {
            Waiter first = book.waiting.removeFirst();
            if (first.done) {
                continue;
            }
            if (!offerNext(book, first)) {
                book.waiting.addFirst(first);
                break;
            }
            moved = true;
        }
        if (moved) {
            publish(book);
        }
    }

    private boolean offerNext(PoolBook book, Waiter waiter) {
        String uid = book.ready.pick();
        if (uid == null) {
            uid = book.outdated.pick();
        }
        AgentLink link = uid == null ? null : links.get(uid);
        if (link == null) {
            return uid != null && offerNext(book, waiter);
        }
        Fence fence = Fence.newBuilder()
                .setCallId(waiter.request.callId())
                .setAttempt(waiter.attempt++)
                .build();
        OfferRequest offer = Offers.of(waiter.request, fence, link, waiter.pool, tokens, clock, book.pool);
        link.asked = true;
        file(link);
        book.offering++;
        long sent = System.nanoTime();
        long heardBefore = link.heard();
        link.stub()
                .withDeadlineAfter(settings.offerDeadline().toNanos(), TimeUnit.NANOSECONDS)
                .offer(offer, answer((OfferResponse response, @Nullable Throwable failure) -> {
                    book.offering--;
                    link.asked = false;
                    String answer = Offers.nameOf(response, failure);
                    listener.offered(System.nanoTime() - sent, answer);
                    if (failure == null && response.getAccepted()) {
                        // Its watch will say so, too; until then it must not be offered again.
                        link.suspect = link.heard() == heardBefore;
                        accepted(book, waiter, fence, link);
                        return;
                    }
                    LOG.debugf(
                            "call %s: agent %s says %s",
                            fence.getCallId(), link.address().getPodName(), answer);
                    link.suspect = link.heard() == heardBefore || Offers.isPuzzling(response, failure);
                    if (link.suspect) {
                        var unused = loop.after(Duration.ofSeconds(2), () -> {
                            link.suspect = false;
                            changed(link);
                        });
                    }
                    file(link);
                    again(book, waiter);
                }));
        return true;
    }

    private void accepted(PoolBook book, Waiter waiter, Fence fence, AgentLink link) {
        file(link);
        if (waiter.done) {
            // The caller is gone; the offer expires by itself.
            return;
        }
        listener.waited(System.nanoTime() - waiter.since);
        waiter.finish(new BindOutcome.Bound(
                fence,
                waiter.pool,
                link.podUid(),
                link.address().getPodName(),
                link.stub(),
                clock.millis(),
                elapsedMs(waiter)));
        publish(book);
    }

    /** The next agent, at once; else back to the head of the queue, where it came from. */
    private void again(PoolBook book, Waiter waiter) {
        if (waiter.done || offerNext(book, waiter)) {
            return;
        }
        long ownPatience = book.pool.getQueueMaxWaitMs();
        if (ownPatience == 0
                || elapsedMs(waiter)
                        >= Math.min(ownPatience, waiter.request.patience().toMillis())) {
            overflowOrRefuse(book, waiter, Cause.CAUSE_NO_AGENT, "no agent accepted");
            return;
        }
        book.waiting.addFirst(waiter);
        publish(book);
    }

    /**
     * Turns a reservation into a live call: offers once more to the agent that holds it, with the same fence. Null when it
     * does not answer, has gone, or says no.
     */
    public CompletableFuture<BindOutcome.@Nullable Bound> confirm(BindRequest request, Fence fence, String podUid) {
        CompletableFuture<BindOutcome.@Nullable Bound> bound = new CompletableFuture<>();
        long since = System.nanoTime();
        loop.execute(() -> {
            AgentLink link = links.get(podUid);
            PoolBook book = link == null ? null : pools.get(link.address().getPool());
            if (link == null || book == null) {
                bound.complete(null);
                return;
            }
            PoolRef pool = link.address().getPool();
            OfferRequest offer = Offers.of(request, fence, link, pool, tokens, clock, book.pool);
            link.stub()
                    .withDeadlineAfter(settings.offerDeadline().toNanos(), TimeUnit.NANOSECONDS)
                    .offer(offer, answer((OfferResponse response, @Nullable Throwable failure) -> {
                        listener.offered(System.nanoTime() - since, Offers.nameOf(response, failure));
                        if (failure == null && response.getAccepted()) {
                            bound.complete(new BindOutcome.Bound(
                                    fence,
                                    pool,
                                    podUid,
                                    link.address().getPodName(),
                                    link.stub(),
                                    clock.millis(),
                                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since)));
                        } else {
                            LOG.infof(
                                    "call %s: its agent %s no longer holds it: %s",
                                    fence.getCallId(), link.address().getPodName(), Offers.nameOf(response, failure));
                            bound.complete(null);
                        }
                    }));
        });
        return bound;
    }

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
            AgentLink link = links.get(podUid);
            if (link == null) {
                answer.complete(Retirement.UNKNOWN);
                return;
            }
            if (!link.connected()) {
                answer.complete(Retirement.UNREACHABLE);
                return;
            }
            link.stub()
                    .withDeadlineAfter(2, TimeUnit.SECONDS)
                    .retire(
                            RetireRequest.newBuilder()
                                    .setPodUid(podUid)
                                    .setReason(reason)
                                    .build(),
                            answer((RetireResponse response, @Nullable Throwable failure) -> answer.complete(
                                    failure != null
                                            ? Retirement.UNREACHABLE
                                            : response.getRetiring() ? Retirement.RETIRING : Retirement.BUSY)));
        });
        return answer;
    }

    /** Whether an agent was seen in that call. */
    public CompletableFuture<Boolean> wasTakenUp(String podUid, Fence fence) {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        loop.execute(() -> {
            AgentLink link = links.get(podUid);
            answer.complete(link != null && fence.equals(link.lastActive()));
        });
        return answer;
    }

    /** Tells an agent that its summary is on disk here. */
    public void acknowledgeSummary(String podUid, Fence fence) {
        loop.execute(() -> {
            AgentLink link = links.get(podUid);
            if (link != null) {
                link.stub()
                        .withDeadlineAfter(2, TimeUnit.SECONDS)
                        .acknowledgeSummary(
                                AcknowledgeSummaryRequest.newBuilder()
                                        .setFence(fence)
                                        .build(),
                                answer((AcknowledgeSummaryResponse response, @Nullable Throwable failure) -> {
                                    if (failure != null) {
                                        LOG.debugf("call %s: summary not acknowledged: %s", fence.getCallId(), failure);
                                    }
                                }));
            }
        });
    }

    // Demand.

    /** A call moved on: rings, was answered, or ended. */
    public void count(PoolRef pool, int ringing, int active, int ended) {
        loop.execute(() -> {
            PoolBook book = pools.get(pool);
            if (book != null) {
                book.ringing += ringing;
                book.active += active;
                book.ended += ended;
                publish(book);
            }
        });
    }

    /** A call that was refused before anybody was asked. */
    public void countRefused(PoolRef pool) {
        loop.execute(() -> {
            PoolBook book = pools.get(pool);
            if (book != null) {
                book.arrivals++;
                book.refused++;
                publish(book);
            }
        });
    }

    private void publish(PoolBook book) {
        listener.demandChanged(demandOf(book));
    }

    private static Demand demandOf(PoolBook book) {
        return Demand.newBuilder()
                .setPool(book.pool.getRef())
                .setArrivals(book.arrivals)
                .setRefused(book.refused)
                .setEnded(book.ended)
                .setWaiting(book.waiting.size())
                .setRinging(book.ringing)
                .setActive(book.active)
                .build();
    }

    /** A pool as it is known, or null. */
    public CompletableFuture<@Nullable Pool> pool(PoolRef ref) {
        CompletableFuture<@Nullable Pool> pool = new CompletableFuture<>();
        loop.execute(() -> {
            PoolBook book = pools.get(ref);
            pool.complete(book == null ? null : book.pool);
        });
        return pool;
    }

    /** Lets go of all agents. */
    public void close() {
        loop.execute(() -> List.copyOf(links.keySet()).forEach(this::dropAgent));
    }

    private static long elapsedMs(Waiter waiter) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - waiter.since);
    }

    /** Takes a unary call's answer to the loop. */
    private <T> StreamObserver<T> answer(BiConsumer<T, @Nullable Throwable> then) {
        return new UnaryAnswer<>(loop, then);
    }
}
