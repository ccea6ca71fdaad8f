package dev.dialplane.gateway.binding;

import dev.dialplane.contracts.agent.v1.CallSummary;
import dev.dialplane.contracts.control.v1.AgentState;
import dev.dialplane.contracts.control.v1.Demand;

/** Hears, on the binding loop, what changes there. */
public interface BindingListener {
    /** An agent's state, as its watch tells it. */
    void agentChanged(AgentState state);

    /** A pool's figures. */
    void demandChanged(Demand demand);

    /** An agent holds a summary that no gateway has taken. */
    void summaryWaits(String podUid, CallSummary summary);

    /** A search for an agent ended after that time. */
    void searched(long nanos, SearchEnd end);

    /** An offer took that long to be answered. */
    void offered(long nanos, String answer);
}
