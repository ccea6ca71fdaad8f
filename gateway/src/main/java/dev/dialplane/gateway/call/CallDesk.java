package dev.dialplane.gateway.call;

import dev.dialplane.contracts.agent.v1.CallSummary;
import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.gateway.binding.Binder;
import dev.dialplane.gateway.events.EventLog;
import dev.dialplane.gateway.events.LiveCalls;
import dev.dialplane.gateway.playout.PlayoutClock;
import dev.dialplane.gateway.recording.Recordings;
import dev.dialplane.gateway.records.CallRecords;
import java.time.InstantSource;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What calls share, and all of them that are in progress here. */
public final class CallDesk {
    /** An agent that lives tells within a minute that it holds a summary; so many are not lost in that time. */
    private static final int REMEMBERED = 1_000;

    private final Binder binder;
    private final EventLog events;
    private final LiveCalls liveCalls;
    private final CallRecords records;
    private final Recordings recordings;
    private final PlayoutClock clock;
    private final InstantSource time;
    private final CallMetrics metrics;
    private final CallSettings settings;
    private final Map<String, Call> calls = new ConcurrentHashMap<>();
    /** Attempts whose agents were given up in the middle of a call, oldest first. */
    private final Set<Fence> givenUp = Collections.newSetFromMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Fence, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    });

    private volatile @Nullable CompletableFuture<@Nullable Void> draining;

    /** A desk without calls. */
    public CallDesk(
            Binder binder,
            EventLog events,
            LiveCalls liveCalls,
            CallRecords records,
            Recordings recordings,
            PlayoutClock clock,
            InstantSource time,
            CallMetrics metrics,
            CallSettings settings) {
        this.binder = binder;
        this.events = events;
        this.liveCalls = liveCalls;
        this.records = records;
        this.recordings = recordings;
        this.clock = clock;
        this.time = time;
        this.metrics = metrics;
        this.settings = settings;
    }

    /** Finds agents. */
    public Binder binder() {
        return binder;
    }

    /** Keeps events. */
    public EventLog events() {
        return events;
    }

    LiveCalls liveCalls() {
        return liveCalls;
    }

    CallRecords records() {
        return records;
    }

    Recordings recordings() {
        return recordings;
    }

    PlayoutClock clock() {
        return clock;
    }

    /** The time of day. */
    public InstantSource time() {
        return time;
    }

    /** Counts. */
    public CallMetrics metrics() {
        return metrics;
    }

    /** Times of a call. */
    public CallSettings settings() {
        return settings;
    }

    void add(Call call) {
        calls.put(call.callId(), call);
    }

    void remove(Call call) {
        calls.remove(call.callId(), call);
        CompletableFuture<@Nullable Void> drained = draining;
        if (drained != null && calls.isEmpty()) {
            drained.complete(null);
        }
    }

    /** Calls in progress. */
    public int size() {
        return calls.size();
    }

    /** Whether no new calls are taken. */
    public boolean draining() {
        return draining != null;
    }

    /** Takes no more calls; completed when the last one has ended. */
    public CompletableFuture<@Nullable Void> drain() {
        CompletableFuture<@Nullable Void> drained;
        synchronized (this) {
            drained = draining;
            if (drained == null) {
                drained = new CompletableFuture<>();
                draining = drained;
            }
        }
        if (calls.isEmpty()) {
            drained.complete(null);
        }
        return drained;
    }

    /** Ends a call; false if there is none of that id here. */
    public boolean hangUp(String callId, boolean polite, Cause cause) {
        Call call = calls.get(callId);
        if (call == null) {
            return false;
        }
        call.order(polite, cause);
        return true;
    }

    /** Ends all calls at once. */
    public void endAll(Cause cause) {
        calls.values().forEach(call -> call.order(false, cause));
    }

    /** An agent was given up: its summary, should it have one after all, is of no use, and it is free. */
    void gaveUp(Fence attempt) {
        synchronized (givenUp) {
            givenUp.add(attempt);
        }
    }

    /** An agent holds a summary that no gateway has taken, perhaps because its stream broke. */
    public void summaryWaits(String podUid, CallSummary summary) {
        Call call = calls.get(summary.getFence().getCallId());
        if (call != null) {
            call.summaryByWatch(podUid, summary);
        } else {
            dropIfGivenUp(podUid, summary);
        }
    }

    /** Frees an agent that was given up of a summary that nobody waits for. */
    void dropIfGivenUp(String podUid, CallSummary summary) {
        boolean useless;
        synchronized (givenUp) {
            useless = givenUp.remove(summary.getFence());
        }
        if (useless) {
            binder.acknowledgeSummary(podUid, summary.getFence());
        }
    }
}
