package dev.dialplane.gateway.binding;

import dev.dialplane.contracts.agent.v1.PrepareRequest;
import dev.dialplane.gateway.token.CallTokens;
import io.grpc.Status;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Brings agents to their pool's present spec, as many at once as {@link Preparations} says. On the binding loop only. */
final class Preparing {
    private static final Logger LOG = Logger.getLogger(Preparing.class);

    private final BindingSettings settings;
    private final CallTokens tokens;
    private final InstantSource clock;
    private final Links links;

    Preparing(BindingSettings settings, CallTokens tokens, InstantSource clock, Links links) {
        this.settings = settings;
        this.tokens = tokens;
        this.clock = clock;
        this.links = links;
    }

    void some(PoolBook book) {
        List<String> unprepared = new ArrayList<>(book.unprepared);
        if (!book.waiting.isEmpty()) {
            unprepared.addAll(book.foreign);
        }
        Preparations.Choice choice = Preparations.choose(
                unprepared.size(),
                book.behind.size(),
                book.ready.size(),
                book.preparing,
                settings.preparations(),
                book.waiting.size());
        List<String> chosen = new ArrayList<>();
        unprepared.stream().limit(choice.unprepared()).forEach(chosen::add);
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
        links.file(link);
        PrepareRequest request = PrepareRequest.newBuilder()
                .setHash(book.pool.getSpecHash())
                .setSpec(book.pool.getSpec())
                .setPool(book.pool.getRef())
                .setPrepareToken(tokens.forPreparation(
                        book.pool.getRef(),
                        link.podUid(),
                        clock.millis() + settings.prepareDeadline().toMillis()))
                .build();
        link.connection().prepare(request, settings.prepareDeadline(), (response, failure) -> {
            link.preparing = false;
            book.preparing--;
            if (failure == null) {
                link.prepared();
            } else {
                failed(link, failure);
            }
            links.changed(link);
        });
    }

    private static void failed(AgentLink link, @Nullable Throwable failure) {
        Status status = Status.fromThrowable(failure);
        // An agent in a call keeps its spec; its watch says when it is free.
        if (status.getCode() != Status.Code.FAILED_PRECONDITION) {
            link.prepareError = String.valueOf(status.getDescription());
            LOG.warnf("agent %s: preparing failed: %s", link.address().getPodName(), status);
        }
        link.restFromPreparing();
    }
}
