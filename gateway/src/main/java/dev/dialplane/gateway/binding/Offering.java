package dev.dialplane.gateway.binding;

import dev.dialplane.contracts.agent.v1.OfferRequest;
import dev.dialplane.contracts.agent.v1.OfferResponse;
import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.contracts.control.v1.Pool;
import dev.dialplane.gateway.loop.Loop;
import dev.dialplane.gateway.token.CallTokens;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Offers calls to agents, and hears what they say. On the binding loop only. */
final class Offering {
    private static final Logger LOG = Logger.getLogger(Offering.class);

    /** How long an agent is heard beyond its offer's expiry, to learn whether the call was taken up elsewhere. */
    private static final Duration HOLD = Duration.ofSeconds(5);

    private final BindingSettings settings;
    private final CallTokens tokens;
    private final Loop loop;
    private final InstantSource clock;
    private final Links links;
    private final BindingListener listener;
    private final Predicate<Pool> records;

    Offering(
            BindingSettings settings,
            CallTokens tokens,
            Loop loop,
            InstantSource clock,
            Links links,
            BindingListener listener,
            Predicate<Pool> records) {
        this.settings = settings;
        this.tokens = tokens;
        this.loop = loop;
        this.clock = clock;
        this.links = links;
        this.listener = listener;
        this.records = records;
    }

    private OfferRequest offer(BindRequest request, Fence fence, AgentLink link, PoolRef pool, Pool spec) {
        return Offers.of(request, fence, link, pool, tokens, clock, spec).toBuilder()
                .setRecords(records.test(spec))
                .build();
    }

    /** The best agent that can take a call, taken out; null if there is none. */
    @Nullable
    AgentLink pick(PoolBook book) {
        while (true) {
            String uid = book.pick();
            AgentLink link = uid == null ? null : links.get(uid);
            if (uid == null || link != null) {
                return link;
            }
        }
    }

    /**
     * Offers the call with a fence of its own; then comes the binding, or null if the agent does not take it.
     *
     * @param slow runs once if no answer has come by {@link BindingSettings#offerDeadline}; it may come nevertheless
     */
    void offer(
            PoolBook book, Waiter waiter, AgentLink link, Runnable slow, Consumer<BindOutcome.@Nullable Bound> then) {
        Fence fence = Fence.newBuilder()
                .setCallId(waiter.request.callId())
                .setAttempt(waiter.attempt++)
                .build();
        PoolRef pool = waiter.pool;
        OfferRequest offer = offer(waiter.request, fence, link, pool, book.pool);
        link.asked = true;
        links.file(link);
        long sent = loop.nanos();
        long heardBefore = link.heard();
        Future<?> late = loop.after(settings.offerDeadline(), () -> {
            LOG.debugf(
                    "call %s: agent %s is slow to answer",
                    fence.getCallId(), link.address().getPodName());
            waiter.declined(link.podUid());
            slow.run();
        });
        waiter.asked(fence, link.connection().offer(offer, settings.offerPatience(), (response, failure) -> {
            late.cancel(false);
            link.asked = false;
            boolean withdrawn = !waiter.answered(fence);
            String answer = Offers.nameOf(response, failure);
            listener.offered(loop.nanos() - sent, answer);
            // One that the operator has taken away meanwhile has promised in vain, even if another came under its name.
            boolean accepted = accepted(response, failure) && links.get(link.podUid()) == link;
            if (accepted) {
                link.accepted(fence);
                links.keep(link.podUid(), waiter.request.expiry().plus(HOLD));
                if (link.heard() == heardBefore) {
                    // Its watch will say so, too; until then it must not be offered again.
                    link.suspect(false);
                }
            } else {
                LOG.debugf(
                        "call %s: agent %s says %s",
                        fence.getCallId(), link.address().getPodName(), answer);
                boolean puzzling = Offers.isPuzzling(response, failure);
                if (puzzling && !withdrawn) {
                    waiter.declined(link.podUid());
                }
                if (link.heard() == heardBefore || puzzling) {
                    link.suspect(true);
                }
            }
            links.file(link);
            then.accept(accepted ? bound(fence, pool, link, waiter.since, waiter.declinedBy(link.podUid())) : null);
        }));
    }

    /**
     * Turns a reservation into a live call: offers once more to the agent that holds it, with the same fence. Null when it
     * does not answer, has gone, or says no. A slow one is waited for: it is the one that holds the call.
     */
    void confirm(
            PoolBook book,
            BindRequest request,
            Fence fence,
            AgentLink link,
            Consumer<BindOutcome.@Nullable Bound> then) {
        long sent = loop.nanos();
        PoolRef pool = link.address().getPool();
        OfferRequest offer = offer(request, fence, link, pool, book.pool);
        var unused = link.connection().offer(offer, settings.offerPatience(), (response, failure) -> {
            String answer = Offers.nameOf(response, failure);
            listener.offered(loop.nanos() - sent, answer);
            if (accepted(response, failure)) {
                link.accepted(fence);
                then.accept(bound(fence, pool, link, sent, List.of()));
            } else {
                LOG.infof(
                        "call %s: its agent %s no longer holds it: %s",
                        fence.getCallId(), link.address().getPodName(), answer);
                then.accept(null);
            }
        });
    }

    private static boolean accepted(@Nullable OfferResponse response, @Nullable Throwable failure) {
        return failure == null && response != null && response.getAccepted();
    }

    private BindOutcome.Bound bound(Fence fence, PoolRef pool, AgentLink link, long since, List<String> declinedBy) {
        return new BindOutcome.Bound(
                fence,
                pool,
                link.podUid(),
                link.address().getPodName(),
                link.connection().stub(),
                clock.millis(),
                TimeUnit.NANOSECONDS.toMillis(loop.nanos() - since),
                declinedBy);
    }
}
