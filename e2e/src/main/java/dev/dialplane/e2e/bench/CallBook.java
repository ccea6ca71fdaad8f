package dev.dialplane.e2e.bench;

import dev.dialplane.e2e.invariants.Invariants;
import dev.dialplane.e2e.invariants.SessionSeen;
import dev.dialplane.e2e.load.CallGenerator;
import dev.dialplane.e2e.node.WireObserver;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Every call of a run: when it was due, who took it, how it went; it tells the checker and measures. */
final class CallBook implements CallGenerator.Observer, WireObserver {
    private static final long LONGEST_MICROS = 600_000_000;

    private final Invariants invariants;
    private final Map<String, Entry> byCarrierId = new ConcurrentHashMap<>();
    private final Map<String, Entry> byCallId = new ConcurrentHashMap<>();
    private final Map<String, Entry> byAgent = new ConcurrentHashMap<>();
    private final Set<Integer> deadGateways = ConcurrentHashMap.newKeySet();
    private final Set<String> lostAgents = ConcurrentHashMap.newKeySet();
    private volatile Histogram bind = histogram();
    private volatile Histogram visible = histogram();
    private volatile Histogram visibleWhileUp = histogram();
    private volatile boolean operatorDown;
    private final LongAdder answered = new LongAdder();
    private final LongAdder ended = new LongAdder();
    private final LongAdder notAnswered = new LongAdder();
    private final LongAdder lostUnexcused = new LongAdder();
    private final LongAdder lostWithFault = new LongAdder();
    private volatile boolean keepOpenedAt;
    private final Map<String, Instant> openedAtBySession = new ConcurrentHashMap<>();

    private static final class Entry {
        private final long dueNanos;
        private volatile @Nullable String agent;
        private volatile long openedNanos;
        private volatile @Nullable Instant openedAt;
        private volatile boolean seen;
        private volatile boolean operatorWasDown;

        Entry(long dueNanos) {
            this.dueNanos = dueNanos;
        }
    }

    CallBook(Invariants invariants) {
        this.invariants = invariants;
    }

    private static Histogram histogram() {
        return new ConcurrentHistogram(LONGEST_MICROS, 3);
    }

    static long nowMs() {
        return System.nanoTime() / 1_000_000;
    }

    /** From now on the wall-clock time of every answer is kept, by the session's name. */
    void keepAnswerTimes() {
        keepOpenedAt = true;
    }

    /** Measures anew from now on. */
    void startMeasuring() {
        bind = histogram();
        visible = histogram();
        visibleWhileUp = histogram();
    }

    // The generator.

    @Override
    public void due(String callSid, long dueNanos, int gateway) {
        byCarrierId.computeIfAbsent(callSid, _ -> new Entry(dueNanos));
        invariants.lineStarted(callSid);
    }

    @Override
    public void unreachable(String callSid) {
        // It may have been taken after all, by a gateway that died before it could say so.
        invariants.lineEnded(callSid, false, true, nowMs());
        byCarrierId.remove(callSid);
        lostUnexcused.increment();
    }

    @Override
    public void ended(String callSid, boolean byCaller, int gateway) {
        Entry entry = byCarrierId.remove(callSid);
        boolean gatewayDied = deadGateways.contains(gateway);
        invariants.lineEnded(callSid, byCaller, gatewayDied, nowMs());
        ended.increment();
        if (entry == null) {
            return;
        }
        String agent = entry.agent;
        if (entry.openedNanos == 0) {
            notAnswered.increment();
        }
        if (byCaller) {
            return;
        }
        if (gatewayDied || (agent != null && lostAgents.contains(agent))) {
            lostWithFault.increment();
        } else {
            lostUnexcused.increment();
        }
    }

    // The wire.

    @Override
    public void accepted(String podUid, String callId, int attempt, String carrierCallId) {
        invariants.accepted(podUid, callId, carrierCallId);
        Entry entry = byCarrierId.get(carrierCallId);
        if (entry != null) {
            byCallId.put(callId, entry);
        }
    }

    @Override
    public void opened(String podUid, String callId, boolean alone, long atNanos) {
        invariants.opened(podUid, callId, alone);
        Entry entry = byCallId.get(callId);
        if (entry == null) {
            return;
        }
        entry.agent = podUid;
        byAgent.put(podUid, entry);
        if (entry.openedNanos == 0) {
            entry.openedAt = Instant.now().minusNanos(System.nanoTime() - atNanos);
            entry.openedNanos = atNanos;
            entry.operatorWasDown = operatorDown;
            answered.increment();
            record(bind, entry.openedNanos - entry.dueNanos);
        }
    }

    @Override
    public void released(String podUid, String callId) {
        invariants.released(podUid, callId);
        byAgent.remove(podUid);
    }

    @Override
    public void podDeleted(String podUid, String name) {
        invariants.podDeleted(podUid, name);
    }

    private static void record(Histogram into, long nanos) {
        into.recordValue(Math.clamp(nanos / 1_000, 0, LONGEST_MICROS));
    }

    // The API.

    void session(SessionSeen session) {
        invariants.session(session, nowMs());
        Entry entry = byCallId.get(session.callId());
        if (entry == null) {
            return;
        }
        if (!entry.seen && entry.openedNanos != 0) {
            entry.seen = true;
            long took = System.nanoTime() - entry.openedNanos;
            record(visible, took);
            if (!entry.operatorWasDown && !operatorDown) {
                record(visibleWhileUp, took);
            }
            Instant at = entry.openedAt;
            if (keepOpenedAt && at != null) {
                openedAtBySession.put(session.name(), at);
            }
        }
        if (session.ended()) {
            byCallId.remove(session.callId());
        }
    }

    void sessionGone(String uid) {
        invariants.sessionGone(uid, nowMs());
    }

    // Faults.

    /** A gateway is killed: its lines go with it. */
    void gatewayDied(int gateway) {
        deadGateways.add(gateway);
    }

    /** It is back, and its lines of before are down. */
    void gatewayIsBack(int gateway) {
        deadGateways.remove(gateway);
    }

    /** Agents are gone with their node, and their calls with them. */
    void agentsLost(Set<String> podUids) {
        lostAgents.addAll(podUids);
        podUids.forEach(invariants::agentLost);
    }

    /** The operator is killed, or ready again. */
    void operatorDown(boolean down) {
        operatorDown = down;
    }

    // Figures.

    /** From the time a call was due to its agent's conversation, µs. */
    Histogram bind() {
        return bind;
    }

    /** From the conversation to the session in a watch, µs. */
    Histogram visible() {
        return visible;
    }

    /** The same of calls that were answered and seen while no operator was down. */
    Histogram visibleWhileUp() {
        return visibleWhileUp;
    }

    long answered() {
        return answered.sum();
    }

    long ended() {
        return ended.sum();
    }

    long notAnswered() {
        return notAnswered.sum();
    }

    /** Calls that ended on their own while no fault held them. */
    long lostUnexcused() {
        return lostUnexcused.sum();
    }

    /** Calls that went with the gateway or the node that held them. */
    long lostWithFault() {
        return lostWithFault.sum();
    }

    Map<String, Instant> answerTimes() {
        return openedAtBySession;
    }

    /** Those of these agents that hold a call. */
    Set<String> busy(Set<String> podUids) {
        Set<String> busy = new HashSet<>(podUids);
        busy.retainAll(byAgent.keySet());
        return busy;
    }
}
