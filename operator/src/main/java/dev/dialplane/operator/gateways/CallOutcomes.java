package dev.dialplane.operator.gateways;

import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.control.v1.CallEvent;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** How calls went, for those who judge the agents that held them. An event that comes again tells nothing. */
@Singleton
public class CallOutcomes {

    /** Ends that an agent is to blame for; a slow model or a broken line may befall any agent. */
    private static final Set<Cause> ITS_FAULT = Set.of(Cause.CAUSE_AGENT_LOST, Cause.CAUSE_INTERNAL_ERROR);

    private static final Set<Cause> HUNG_UP = Set.of(Cause.CAUSE_CALLER_HUNG_UP, Cause.CAUSE_AGENT_HUNG_UP);

    private static final int REMEMBERED = 10_000;

    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final Map<String, Boolean> told = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    };

    /**
     * How a call ended.
     *
     * @param agentsFault whether its agent is to blame
     * @param failed whether it failed in a way that the agent, or what it is made of, may be to blame for
     * @param hungUp whether the caller or the agent hung up
     * @param talked from its answer to its end
     * @param cause as people read it
     */
    public record Outcome(boolean agentsFault, boolean failed, boolean hungUp, Duration talked, String cause) {}

    /** Who wants to know. Must not block. */
    public interface Listener {
        /** Tells of a call that the agent of a pod held to its end. */
        void ended(String podUid, Outcome outcome);

        /** Tells of a call that the agent of a pod should have taken, and did not. */
        void declined(String podUid);
    }

    /** Adds a listener. */
    public void listen(Listener listener) {
        listeners.add(listener);
    }

    /**
     * Takes in what a gateway tells of a call.
     *
     * @param spelled its cause, if it is an end, as people read it
     */
    public void take(CallEvent event, String spelled) {
        List<String> declined = event.hasRefused()
                ? event.getRefused().getDeclinedByList()
                : event.getEnded().getAnswered().getDeclinedByList();
        String podUid = event.getEnded().getAnswered().getPodUid();
        if (podUid.isEmpty() && declined.isEmpty() || again(event)) {
            return;
        }
        declined.forEach(pod -> listeners.forEach(listener -> listener.declined(pod)));
        Cause cause = event.getEnded().getCause();
        boolean fault = ITS_FAULT.contains(cause);
        boolean failed = fault || cause == Cause.CAUSE_MODEL_UNAVAILABLE;
        // The contract numbers the causes of calls that were completed from 1 to 19.
        int number = event.getEnded().getCauseValue();
        boolean completed = number > 0 && number < 20;
        if (podUid.isEmpty() || !failed && !completed) {
            return;
        }
        Duration talked = Duration.ofMillis(Math.max(
                0,
                event.getEnded().getEndTimeUnixMs()
                        - event.getEnded().getAnswered().getAnswerTimeUnixMs()));
        Outcome outcome = new Outcome(fault, failed, HUNG_UP.contains(cause), talked, spelled);
        listeners.forEach(listener -> listener.ended(podUid, outcome));
    }

    private boolean again(CallEvent event) {
        String key = event.getFence().getCallId() + " " + event.getFence().getAttempt();
        synchronized (told) {
            return told.put(key, true) != null;
        }
    }
}
