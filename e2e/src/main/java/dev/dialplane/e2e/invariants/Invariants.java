package dev.dialplane.e2e.invariants;

import dev.dialplane.e2e.invariants.Violation.Rule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks what must hold at every second of a run. It is told what agents and callers see on the wire, what watches of
 * pods and sessions show and what end-of-call events arrive, and knows nothing else. Times are given to it, in ms of any
 * steady clock. Safe for many threads; nothing in it blocks.
 */
public final class Invariants {
    private final long graceMs;
    private final long ttlMs;
    private final boolean endEvents;
    private final Map<String, CallTrace> byCarrierId = new HashMap<>();
    private final Map<String, CallTrace> byCallId = new HashMap<>();
    private final Map<String, Set<String>> callsOfAgent = new HashMap<>();
    private final Map<String, CallTrace> bySession = new HashMap<>();
    /** Calls that have a session, by the carrier's id, until it is gone. */
    private final Map<String, CallTrace> recorded = new HashMap<>();

    private final Set<String> lostAgents = new HashSet<>();
    private final List<Violation> found = new ArrayList<>();
    private final Map<String, String> suspects = new LinkedHashMap<>();
    private long patientUntil = Long.MIN_VALUE;

    /**
     * Checks nothing yet.
     *
     * @param graceMs how long after a call's end its record and its event may take
     * @param ttlMs how long a session must stay after its end; 0 if that is not looked at
     * @param endEvents whether end-of-call events are received at all
     */
    public Invariants(long graceMs, long ttlMs, boolean endEvents) {
        this.graceMs = graceMs;
        this.ttlMs = ttlMs;
        this.endEvents = endEvents;
    }

    // Faults.

    /** Something that records wait for is broken on purpose: nothing is overdue until {@link #faultEnds}. */
    public synchronized void faultBegins() {
        patientUntil = Long.MAX_VALUE;
    }

    /** It works again: the time for what waited begins now. */
    public synchronized void faultEnds(long nowMs) {
        patientUntil = nowMs;
    }

    /** An agent is physically gone, and whatever call it holds with it. */
    public synchronized void agentLost(String podUid) {
        lostAgents.add(podUid);
        for (String callId : callsOfAgent.getOrDefault(podUid, Set.of())) {
            CallTrace call = byCallId.get(callId);
            if (call != null && call.lineEndedAt < 0) {
                call.agentDied = true;
            }
        }
    }

    // The wire.

    /** A caller's line is up and the start message is sent. */
    public synchronized void lineStarted(String carrierCallId) {
        call(carrierCallId);
    }

    /**
     * A caller's line is down.
     *
     * @param byCaller whether the caller hung up
     * @param gatewayDied whether the gateway that had the line was killed: of a call that no agent had, nobody knows then
     */
    public synchronized void lineEnded(String carrierCallId, boolean byCaller, boolean gatewayDied, long nowMs) {
        CallTrace call = call(carrierCallId);
        call.lineEndedAt = nowMs;
        call.byCaller = byCaller;
        call.gatewayDied = gatewayDied;
    }

    /** An agent accepted an offer. */
    public synchronized void accepted(String podUid, String callId, String carrierCallId) {
        CallTrace call = carrierCallId.isEmpty() ? byCallId.get(callId) : call(carrierCallId);
        if (call != null) {
            call.callId = callId;
            byCallId.put(callId, call);
        }
    }

    /** An agent's conversation opened. */
    public synchronized void opened(String podUid, String callId, boolean alone) {
        Set<String> calls = callsOfAgent.computeIfAbsent(podUid, _ -> new HashSet<>());
        calls.add(callId);
        if (!alone || calls.size() > 1) {
            report(Rule.AGENT_HOLDS_TWO_CALLS, "agent " + podUid + " holds " + calls);
        }
        CallTrace call = byCallId.get(callId);
        if (call != null) {
            call.answered = true;
            call.holders.add(podUid);
            if (call.holders.size() > 1) {
                // The first may not have heard yet that it lost the call: looked at again at the next check.
                suspects.putIfAbsent(callId, "");
            }
        }
    }

    /** An agent holds a call no more. */
    public synchronized void released(String podUid, String callId) {
        Set<String> calls = callsOfAgent.get(podUid);
        if (calls != null) {
            calls.remove(callId);
            if (calls.isEmpty()) {
                callsOfAgent.remove(podUid);
            }
        }
        CallTrace call = byCallId.get(callId);
        if (call != null) {
            call.holders.remove(podUid);
        }
    }

    /** An end-of-call event came; one that is sent again has the same id. */
    public synchronized void endEvent(String callId, String eventId) {
        CallTrace call = byCallId.get(callId);
        if (call != null && call.endEvents.add(eventId) && call.endEvents.size() == 2) {
            report(Rule.SECOND_END_EVENT, call + " has the end events " + call.endEvents);
        }
    }

    // The API.

    /** A pod is being deleted, or gone. */
    public synchronized void podDeleted(String podUid, String name) {
        Set<String> calls = callsOfAgent.get(podUid);
        if (calls != null && !lostAgents.contains(podUid)) {
            report(Rule.BUSY_AGENT_DELETED, "pod " + name + " is deleted while it holds " + calls);
        }
    }

    /** A session is there, or has changed. */
    public synchronized void session(SessionSeen seen, long nowMs) {
        CallTrace known = byCarrierId.get(seen.carrierCallId());
        CallTrace call = known != null ? known : recorded.get(seen.carrierCallId());
        if (call == null) {
            return; // of a former run, or of one whose session was gone before
        }
        recorded.put(seen.carrierCallId(), call);
        call.callId = call.callId == null ? seen.callId() : call.callId;
        byCallId.putIfAbsent(seen.callId(), call);
        bySession.put(seen.uid(), call);
        if (call.sessions.add(seen.uid()) && call.sessions.size() > 1) {
            report(Rule.SECOND_SESSION, call + " has the sessions " + call.sessions);
        }
        if (!seen.ended()) {
            if (call.cause != null) {
                report(Rule.NO_TRUE_CAUSE, call + " had ended with " + call.cause + " and goes on");
            }
            return;
        }
        String cause = seen.cause() == null ? "" : seen.cause();
        if (call.cause == null) {
            call.cause = cause;
            call.refused = seen.refused();
            call.sessionEndedAt = nowMs;
            String why = call.untrue(cause);
            if (!why.isEmpty()) {
                report(Rule.NO_TRUE_CAUSE, call + " ended with '" + cause + "', but " + why);
            }
        } else if (!call.cause.equals(cause)) {
            report(Rule.NO_TRUE_CAUSE, call + " ended with " + call.cause + " and then with " + cause);
        }
    }

    /** A session is gone. */
    public synchronized void sessionGone(String uid, long nowMs) {
        CallTrace call = bySession.remove(uid);
        if (call == null) {
            return;
        }
        recorded.remove(call.carrierCallId);
        if (call.callId != null && !byCarrierId.containsKey(call.carrierCallId)) {
            byCallId.remove(call.callId);
        }
        if (ttlMs == 0) {
            return;
        }
        // Times of the API are whole seconds, and this one is when the watch showed it.
        if (call.sessionEndedAt < 0 || nowMs - call.sessionEndedAt < ttlMs - 2_000) {
            report(Rule.SESSION_GONE_EARLY, "the session of " + call + " is gone before its time");
        }
    }

    // What is wrong.

    /** Looks at everything and returns what was found since the last time. */
    public synchronized List<Violation> check(long nowMs) {
        lookAtSuspects();
        Iterator<CallTrace> calls = byCarrierId.values().iterator();
        while (calls.hasNext()) {
            CallTrace call = calls.next();
            boolean due = call.lineEndedAt >= 0 && nowMs - graceMs > Math.max(call.lineEndedAt, patientUntil);
            if (due) {
                lookAt(call);
            }
            if (call.settled(endEvents) || due) {
                calls.remove();
                if (call.callId != null && !recorded.containsKey(call.carrierCallId)) {
                    byCallId.remove(call.callId);
                }
            }
        }
        List<Violation> now = List.copyOf(found);
        found.clear();
        return now;
    }

    private void lookAtSuspects() {
        suspects.entrySet().removeIf(suspect -> {
            CallTrace call = byCallId.get(suspect.getKey());
            if (call == null || call.holders.size() < 2) {
                return true;
            }
            String holders = call.holders.toString();
            boolean still = suspect.getValue().equals(holders);
            suspect.setValue(holders);
            if (still) {
                report(Rule.CALL_HELD_BY_TWO_AGENTS, call + " is held by " + holders);
            }
            return still;
        });
    }

    private void lookAt(CallTrace call) {
        boolean nobodyKnows = call.gatewayDied && !call.answered;
        if (call.sessions.isEmpty()) {
            if (!nobodyKnows) {
                report(Rule.NO_SESSION, call + " is over and has no session");
            }
            return;
        }
        if (call.cause == null) {
            report(Rule.NO_TRUE_CAUSE, call + " is over and its session has not ended");
        } else if (endEvents && call.awaitsEndEvent()) {
            report(Rule.NO_END_EVENT, call + " was answered and is over, and has no end event");
        }
    }

    private void report(Rule rule, String detail) {
        found.add(new Violation(rule, detail));
    }

    private CallTrace call(String carrierCallId) {
        return byCarrierId.computeIfAbsent(carrierCallId, CallTrace::new);
    }

    /** How many calls are not yet known to have gone well to their end. */
    public synchronized int open() {
        return byCarrierId.size();
    }

    /** The agents that hold a call now, for faults that look for one. */
    public synchronized Set<String> busyAgents() {
        return Set.copyOf(callsOfAgent.keySet());
    }

    /** What a session's cause is known of a call; null without one. */
    synchronized @Nullable String causeOf(String carrierCallId) {
        CallTrace call = byCarrierId.get(carrierCallId);
        return call == null ? null : call.cause;
    }
}
