package dev.dialplane.operator.session;

import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.control.v1.HangUpOrder;
import dev.dialplane.contracts.control.v1.Order;
import dev.dialplane.operator.gateways.Orders;
import dev.dialplane.operator.leader.Leadership;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Which gateway holds the call of which session. */
@Singleton
public class LiveCalls {

    private record Held(String gateway, String callId) {}

    private final Orders orders;
    private final Map<String, Held> bySession = new ConcurrentHashMap<>();

    LiveCalls(Orders orders) {
        this.orders = orders;
    }

    /** Takes in who holds a call. */
    void held(String sessionUid, String gateway, String callId) {
        bySession.put(sessionUid, new Held(gateway, callId));
    }

    /** Forgets a call that has ended. */
    void over(String sessionUid) {
        bySession.remove(sessionUid);
    }

    /** Who holds which call is told to the next leader. */
    void lost(@Observes Leadership.Lost event) {
        bySession.clear();
    }

    /** Returns how many calls are known to go on. */
    int count() {
        return bySession.size();
    }

    /** Asks the gateway that holds a session's call to end it politely. */
    CompletableFuture<Orders.Outcome> hangUp(String sessionUid) {
        Held held = bySession.get(sessionUid);
        return held == null
                ? CompletableFuture.completedFuture(Orders.Outcome.NotThere)
                : hangUp(held.gateway(), held.callId(), "hang-up-" + sessionUid);
    }

    /** Asks a gateway to end a call whose session is gone. */
    CompletableFuture<Orders.Outcome> hangUp(String gateway, String callId, String orderId) {
        return orders.send(
                gateway,
                Order.newBuilder()
                        .setOrderId(orderId)
                        .setHangUp(HangUpOrder.newBuilder()
                                .setCallId(callId)
                                .setPolite(true)
                                .setCause(Cause.CAUSE_HUNG_UP_BY_OPERATOR)));
    }
}
