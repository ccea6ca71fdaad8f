package dev.dialplane.operator.gateways;

import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.control.v1.CallEvent;
import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** How calls ended, for those who judge the agents that held them. An event that comes again tells nothing. */
@Singleton
public class CallOutcomes {

    /** Ends that an agent is to blame for; a slow model or a broken line may befall any agent. */
    private static final Set<Cause> ITS_FAULT = Set.of(Cause.CAUSE_AGENT_LOST, Cause.CAUSE_INTERNAL_ERROR);

    private static final int REMEMBERED = 10_000;

    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final Map<String, Boolean> told = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    };

    /** Who wants to know. Must not block. */
    @FunctionalInterface
    public interface Listener {
        /**
         * Tells of a call that an agent held to its end.
         *
         * @param podUid the agent's pod
         * @param failed whether the agent is to blame
         * @param cause how it ended
         */
        void ended(String podUid, boolean failed, String cause);
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
        String podUid = event.getEnded().getAnswered().getPodUid();
        if (!event.hasEnded() || podUid.isEmpty()) {
            return;
        }
        // The contract numbers the causes of calls that were completed from 1 to 19.
        int cause = event.getEnded().getCauseValue();
        boolean completed = cause > 0 && cause < 20;
        boolean failed = ITS_FAULT.contains(event.getEnded().getCause());
        if (!failed && !completed || again(event)) {
            return;
        }
        listeners.forEach(listener -> listener.ended(podUid, failed, spelled));
    }

    private boolean again(CallEvent event) {
        String key = event.getFence().getCallId() + " " + event.getFence().getAttempt();
        synchronized (told) {
            return told.put(key, true) != null;
        }
    }
}
