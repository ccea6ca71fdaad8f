package dev.dialplane.gateway.attach;

import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.control.v1.HangUpOrder;
import dev.dialplane.contracts.control.v1.Order;
import dev.dialplane.contracts.control.v1.OrderDone;
import dev.dialplane.contracts.control.v1.OrderRefusal;
import dev.dialplane.contracts.control.v1.OrderRefused;
import dev.dialplane.contracts.control.v1.OrderResult;
import dev.dialplane.contracts.control.v1.RetireOrder;
import dev.dialplane.gateway.binding.Binder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Carries the operator's orders out, each once: a repeated order gets the first one's answer. For one thread at a time. */
public final class OrderDesk {
    private static final int REMEMBERED = 10_000;

    /** What orders act on. */
    public interface Hands {
        /** Asks an agent to leave. */
        CompletableFuture<Binder.Retirement> retire(String podUid, String reason);

        /** Ends a call; false if there is none of that id here. */
        boolean hangUp(String callId, boolean polite, Cause cause);

        /** Takes no more calls; completed when the last one has ended. */
        CompletableFuture<?> drain();
    }

    private final Hands hands;
    private final Map<String, CompletableFuture<OrderResult>> answers = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, CompletableFuture<OrderResult>> eldest) {
            return size() > REMEMBERED;
        }
    };

    /** A desk with those hands. */
    public OrderDesk(Hands hands) {
        this.hands = hands;
    }

    /** Carries it out, or finds its answer. */
    CompletableFuture<OrderResult> take(Order order) {
        return answers.computeIfAbsent(order.getOrderId(), id -> carryOut(order));
    }

    private CompletableFuture<OrderResult> carryOut(Order order) {
        String id = order.getOrderId();
        return switch (order.getOrderCase()) {
            case RETIRE -> retire(id, order.getRetire());
            case HANG_UP -> CompletableFuture.completedFuture(hangUp(id, order.getHangUp()));
            case DRAIN -> hands.drain().thenApply(ended -> done(id));
            case TRANSFER, PLACE ->
                CompletableFuture.completedFuture(refused(
                        id,
                        OrderRefusal.ORDER_REFUSAL_UNSUPPORTED,
                        "this gateway does not carry out " + order.getOrderCase()));
            case ORDER_NOT_SET ->
                CompletableFuture.completedFuture(refused(
                        id, OrderRefusal.ORDER_REFUSAL_UNSUPPORTED, "an order of a kind this gateway does not know"));
        };
    }

    private CompletableFuture<OrderResult> retire(String id, RetireOrder order) {
        return hands.retire(order.getPodUid(), order.getReason()).thenApply(answer -> switch (answer) {
            case RETIRING -> done(id);
            case BUSY -> refused(id, OrderRefusal.ORDER_REFUSAL_BUSY, "the agent is in a call");
            case UNKNOWN -> refused(id, OrderRefusal.ORDER_REFUSAL_UNKNOWN, "no agent of pod " + order.getPodUid());
            case UNREACHABLE -> refused(id, OrderRefusal.ORDER_REFUSAL_UNREACHABLE, "the agent does not answer");
        });
    }

    private OrderResult hangUp(String id, HangUpOrder order) {
        Cause cause = order.getCause() == Cause.CAUSE_UNSPECIFIED ? Cause.CAUSE_HUNG_UP_BY_OPERATOR : order.getCause();
        return hands.hangUp(order.getCallId(), order.getPolite(), cause)
                ? done(id)
                : refused(id, OrderRefusal.ORDER_REFUSAL_UNKNOWN, "no call " + order.getCallId());
    }

    private static OrderResult done(String id) {
        return OrderResult.newBuilder()
                .setOrderId(id)
                .setDone(OrderDone.getDefaultInstance())
                .build();
    }

    private static OrderResult refused(String id, OrderRefusal refusal, String detail) {
        return OrderResult.newBuilder()
                .setOrderId(id)
                .setRefused(OrderRefused.newBuilder().setRefusal(refusal).setDetail(detail))
                .build();
    }
}
