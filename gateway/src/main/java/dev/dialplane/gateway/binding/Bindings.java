package dev.dialplane.gateway.binding;

import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.gateway.loop.Loop;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which call has found which agent, so that a call that asks twice finds the same one. A binding lasts until its agent's
 * watch says that the agent no longer holds the call, or the agent is gone; an agent holds one at most. On the binding loop
 * only.
 */
final class Bindings {
    /** Calls whose attempts are remembered: those of some minutes, however many gateways there are. */
    private static final int REMEMBERED = 10_000;

    /** A call and the agent that accepted it. */
    static final class Held {
        final BindRequest request;
        final BindOutcome.Bound bound;
        private final long offerEnds;
        private boolean seen;

        private Held(BindRequest request, BindOutcome.Bound bound, long offerEnds) {
            this.request = request;
            this.bound = bound;
            this.offerEnds = offerEnds;
        }
    }

    private final Loop loop;
    private final Map<String, Held> byCall = new HashMap<>();
    private final Map<String, Held> byAgent = new HashMap<>();
    private final Map<String, Integer> reached = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
            return size() > REMEMBERED;
        }
    };

    Bindings(Loop loop) {
        this.loop = loop;
    }

    void bound(BindRequest request, BindOutcome.Bound bound, AgentLink link) {
        forgetCall(request.callId());
        forgetAgent(bound.podUid());
        Held held = new Held(request, bound, loop.nanos() + request.expiry().toNanos());
        // The watch may have said so before the answer came.
        held.seen = link.state().getFence().equals(bound.fence());
        byCall.put(request.callId(), held);
        byAgent.put(bound.podUid(), held);
        if (!held.seen) {
            var unused = loop.after(request.expiry(), () -> {
                if (!held.seen && byAgent.get(bound.podUid()) == held) {
                    forgetAgent(bound.podUid());
                }
            });
        }
    }

    @Nullable
    Held of(String callId) {
        return byCall.get(callId);
    }

    /** An attempt was offered. */
    void reached(String callId, int attempt) {
        reached.merge(callId, attempt, Math::max);
    }

    /** The lowest attempt of that call that may be offered now: a fence is never used for two agents. */
    int next(BindRequest request) {
        return Math.max(request.attempt(), reached.getOrDefault(request.callId(), 0) + 1);
    }

    /** An agent's watch speaks. */
    void heard(AgentLink link) {
        Held held = byAgent.get(link.podUid());
        if (held == null || !link.connected()) {
            return;
        }
        Fence now = link.state().getFence();
        if (now.equals(held.bound.fence())) {
            held.seen = true;
        } else if (held.seen || loop.nanos() >= held.offerEnds) {
            // Before it was seen, what the watch says may be older than the offer.
            forgetAgent(link.podUid());
        }
    }

    void forgetCall(String callId) {
        Held held = byCall.remove(callId);
        if (held != null) {
            byAgent.remove(held.bound.podUid(), held);
        }
    }

    void forgetAgent(String podUid) {
        Held held = byAgent.remove(podUid);
        if (held != null) {
            byCall.remove(held.request.callId(), held);
        }
    }

    int size() {
        return byCall.size();
    }
}
