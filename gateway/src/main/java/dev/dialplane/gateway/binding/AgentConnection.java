package dev.dialplane.gateway.binding;

import dev.dialplane.contracts.agent.v1.AcknowledgeSummaryRequest;
import dev.dialplane.contracts.agent.v1.AcknowledgeSummaryResponse;
import dev.dialplane.contracts.agent.v1.AgentGrpc.AgentStub;
import dev.dialplane.contracts.agent.v1.OfferRequest;
import dev.dialplane.contracts.agent.v1.OfferResponse;
import dev.dialplane.contracts.agent.v1.PrepareRequest;
import dev.dialplane.contracts.agent.v1.PrepareResponse;
import dev.dialplane.contracts.agent.v1.RetireRequest;
import dev.dialplane.contracts.agent.v1.RetireResponse;
import dev.dialplane.contracts.agent.v1.WatchRequest;
import dev.dialplane.contracts.agent.v1.WatchResponse;
import dev.dialplane.contracts.common.v1.Fence;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The wire to one agent. What comes over it comes on the binding loop. */
public interface AgentConnection {
    /** An answer, once: the response, or the failure. */
    interface Answer<T> {
        /** Exactly one of the two is there. */
        void came(@Nullable T response, @Nullable Throwable failure);
    }

    /** Takes an offer back; too late once the answer has come. */
    interface Withdrawal {
        /** The agent drops the offer, and lets go of it if it has accepted already. */
        void withdraw();
    }

    /** Hears what an agent's watch says. */
    interface Watcher {
        /** Its state. */
        void state(WatchResponse state);

        /** The watch has ended; it may be begun again. */
        void ended();
    }

    /** Begins a watch; a former one is given up. */
    void watch(WatchRequest request, Watcher watcher);

    /** Has the agent prepare. */
    void prepare(PrepareRequest request, Duration deadline, Answer<PrepareResponse> answer);

    /** Offers it a call. The answer comes even if the offer is withdrawn: as a failure then, unless it was under way. */
    Withdrawal offer(OfferRequest request, Duration deadline, Answer<OfferResponse> answer);

    /** Has it let go of an offer that nobody will take up. If it does not hear that, the offer expires by itself. */
    void release(Fence fence);

    /** Asks it to leave. */
    void retire(RetireRequest request, Duration deadline, Answer<RetireResponse> answer);

    /** Takes its summary off its hands. */
    void acknowledge(AcknowledgeSummaryRequest request, Duration deadline, Answer<AcknowledgeSummaryResponse> answer);

    /** To open a call's stream with. */
    AgentStub stub();

    /** Ends the watch. Calls in progress end by themselves. */
    void close();
}
