package dev.dialplane.gateway.recording;

import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.contracts.control.v1.Pool;
import dev.dialplane.gateway.records.CallRecords;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Which calls are recorded, and which are not though somebody wants it. Fails closed: where a pool does not ask for it, there
 * is nowhere to keep it, or it would be in the wrong region, nothing is recorded, and the call goes on. Callable from
 * anywhere.
 */
public final class Recordings {
    private static final Logger LOG = Logger.getLogger(Recordings.class);

    private final @Nullable Recorder recorder;
    private final CallRecords records;
    private final InstantSource time;
    private final AtomicLong refused = new AtomicLong();
    /** By pool, what was last said in the log. */
    private final Map<PoolRef, String> complaints = new ConcurrentHashMap<>();

    /** @param recorder null where there is nowhere to keep anything */
    public Recordings(@Nullable Recorder recorder, CallRecords records, InstantSource time) {
        this.recorder = recorder;
        this.records = records;
        this.time = time;
    }

    /** Whether a pool's callers are to be asked: it wants recordings, and they would be kept. */
    public boolean wanted(Pool pool) {
        if (!pool.getSpec().hasRecording()) {
            complaints.remove(pool.getRef());
            return false;
        }
        Optional<String> refusal = refusal(pool);
        refusal.ifPresentOrElse(why -> complain(pool.getRef(), why), () -> complaints.remove(pool.getRef()));
        return refusal.isEmpty();
    }

    private void complain(PoolRef pool, String why) {
        if (!why.equals(complaints.put(pool, why))) {
            LOG.warnf("pool %s/%s: its calls are not recorded: %s", pool.getNamespace(), pool.getName(), why);
        }
    }

    private Optional<String> refusal(Pool pool) {
        return recorder == null
                ? Optional.of("this gateway has nowhere to keep recordings: dialplane.gateway.recordings is not set")
                : recorder.refusal(pool.getResidencyList());
    }

    /**
     * Begins to record a call whose caller has agreed; empty if it must not be, which is told.
     *
     * @param pool whose agent asked; null if it is gone
     * @param nowMs on the caller's time base
     */
    public Optional<Recording> begin(Subject subject, @Nullable Pool pool, WireFormat format, long nowMs) {
        Recorder to = recorder;
        if (pool == null || !pool.getSpec().hasRecording()) {
            notRecorded(subject, "the pool does not have its calls recorded");
            return Optional.empty();
        }
        Optional<String> refusal = refusal(pool);
        if (to == null || refusal.isPresent()) {
            notRecorded(subject, refusal.orElse(""));
            return Optional.empty();
        }
        return Optional.of(to.begin(subject, format, nowMs));
    }

    /** Tells that a call is not recorded whose caller was asked. */
    public void notRecorded(Subject subject, String reason) {
        refused.incrementAndGet();
        records.record(
                Recorder.EVENT,
                subject.callId(),
                time.millis(),
                Note.of(subject).notKept("NotRecorded", reason).json());
    }

    /** Calls that were not recorded though their callers were asked. */
    public long refused() {
        return refused.get();
    }

    /** Pools whose calls cannot be recorded here, as far as calls have come for them. */
    public int poolsWithout() {
        return complaints.size();
    }
}
