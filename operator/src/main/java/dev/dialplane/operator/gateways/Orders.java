package dev.dialplane.operator.gateways;

import dev.dialplane.contracts.control.v1.AttachResponse;
import dev.dialplane.contracts.control.v1.Order;
import dev.dialplane.contracts.control.v1.OrderRefusal;
import dev.dialplane.contracts.control.v1.OrderResult;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Orders to gateways, and their answers. */
@Singleton
public class Orders {

    /** A gateway answers an order from memory, or after one round trip to an agent. */
    static final Duration ANSWERED_WITHIN = Duration.ofSeconds(10);

    /** How an order ended. */
    public enum Outcome {
        /** It was carried out. */
        Done,
        /** The agent is in a call. */
        Busy,
        /** The gateway does not know what it is about, or cannot reach it. */
        NotThere,
        /** The gateway cannot do such a thing. */
        Unsupported,
        /** No answer came. */
        Unanswered
    }

    private record Open(String gateway, CompletableFuture<Outcome> answer) {}

    private final Map<String, Consumer<AttachResponse>> gateways = new ConcurrentHashMap<>();
    private final Map<String, Open> open = new ConcurrentHashMap<>();

    /** Makes a gateway's outbox known. */
    void attached(String gateway, Consumer<AttachResponse> outbox) {
        gateways.put(gateway, outbox);
    }

    /** Forgets a gateway's outbox; orders it has not answered end unanswered. */
    void detached(String gateway, Consumer<AttachResponse> outbox) {
        if (gateways.remove(gateway, outbox)) {
            open.forEach((_, order) -> {
                if (order.gateway().equals(gateway)) {
                    order.answer().complete(Outcome.Unanswered);
                }
            });
        }
    }

    /** Returns whether any gateway is attached. */
    public boolean anyGateway() {
        return !gateways.isEmpty();
    }

    /** Returns how many orders wait for an answer. */
    public int unanswered() {
        return open.size();
    }

    /**
     * Sends an order.
     *
     * @param gateway to whom
     * @param order what; its id is set here unless it has one
     */
    public CompletableFuture<Outcome> send(String gateway, Order.Builder order) {
        Optional<Consumer<AttachResponse>> outbox = Optional.ofNullable(gateways.get(gateway));
        if (outbox.isEmpty()) {
            return CompletableFuture.completedFuture(Outcome.Unanswered);
        }
        if (order.getOrderId().isEmpty()) {
            order.setOrderId(UUID.randomUUID().toString());
        }
        String id = order.getOrderId();
        CompletableFuture<Outcome> answer = new CompletableFuture<Outcome>()
                .completeOnTimeout(Outcome.Unanswered, ANSWERED_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        Open sent = new Open(gateway, answer);
        open.put(id, sent);
        outbox.get().accept(AttachResponse.newBuilder().setOrder(order).build());
        return answer.whenComplete((_, _) -> open.remove(id, sent));
    }

    /** Takes in an answer. */
    void answered(OrderResult result) {
        Open order = open.get(result.getOrderId());
        if (order != null) {
            order.answer().complete(outcome(result));
        }
    }

    private static Outcome outcome(OrderResult result) {
        return switch (result.getResultCase()) {
            case DONE -> Outcome.Done;
            case REFUSED -> refusal(result.getRefused().getRefusal());
            case RESULT_NOT_SET -> Outcome.Unanswered;
        };
    }

    private static Outcome refusal(OrderRefusal refusal) {
        return switch (refusal) {
            case ORDER_REFUSAL_BUSY -> Outcome.Busy;
            case ORDER_REFUSAL_UNKNOWN, ORDER_REFUSAL_UNREACHABLE -> Outcome.NotThere;
            case ORDER_REFUSAL_UNSUPPORTED -> Outcome.Unsupported;
            case ORDER_REFUSAL_UNSPECIFIED, UNRECOGNIZED -> Outcome.Unanswered;
        };
    }
}
