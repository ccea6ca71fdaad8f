package dev.dialplane.gateway.recording;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One call's recording, as the call sees it: frames and what happens to them, handed over by reference to whoever writes
 * them. Nothing here waits. For the call's thread, but what is said otherwise.
 *
 * <p>Both sides are put on the caller's time base. A caller's frame lies where its media time says. An agent's frame lies
 * where the carrier plays it: at once, or after what it has queued; when that is cleared, what it has not played was not
 * heard. At most {@value #MOST_WAITING} frames wait to be written, 2.5 s of both sides; where a disk is slower than that,
 * frames are lost and counted, and silence is in their place. Pauses are never lost.
 */
public final class Recording {
    private static final Logger LOG = Logger.getLogger(Recording.class);
    /** Frames that wait to be written. */
    static final int MOST_WAITING = 256;

    /** Of a frame, of either side. */
    static final int FRAME_MS = 20;

    /** Beyond this the recording stays paused: no conversation has so many. */
    static final int MOST_PAUSES = 200;

    /** What there is to write, in order; positions are samples since the recording's beginning. */
    sealed interface Step {
        /** Where on the recording's clock. */
        long at();
    }

    record Frame(Side side, long at, byte[] coded) implements Step {}

    record Cut(long at) implements Step {}

    record Pause(long at) implements Step {}

    record Resume(long at) implements Step {}

    record End(long at) implements Step {}

    record Discard(long at) implements Step {}

    private final String callId;
    private final WireFormat format;
    private final long beginMs;
    private final Runnable lostOne;
    private final Queue<Step> steps = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong lost = new AtomicLong();
    private volatile @Nullable String failure;
    private long agentNext;
    private boolean paused;
    private int pauses;
    private boolean ended;

    /**
     * A recording that begins now.
     *
     * @param beginMs now, on the caller's time base
     * @param lostOne counts a frame that is lost
     */
    Recording(String callId, WireFormat format, long beginMs, Runnable lostOne) {
        this.callId = callId;
        this.format = format;
        this.beginMs = beginMs;
        this.lostOne = lostOne;
    }

    String callId() {
        return callId;
    }

    WireFormat format() {
        return format;
    }

    private long position(long mediaMs) {
        return (mediaMs - beginMs) * format.rate() / 1_000;
    }

    /** A frame of the caller's, which is kept as it is. */
    public void caller(long mediaMs, byte[] coded) {
        long at = position(mediaMs);
        if (at + format.samples(coded) > 0) {
            hand(new Frame(Side.CALLER, at, coded));
        }
    }

    /** A frame that has just gone to the carrier; the array may be used again. */
    public void agent(long nowMs, byte[] coded) {
        long at = Math.max(agentNext, Math.max(0, position(nowMs)));
        agentNext = at + format.samples(coded);
        if (!paused && !ended && failure == null) {
            hand(new Frame(Side.AGENT, at, coded.clone()));
        }
    }

    /** The carrier throws away what it has not played. */
    public void cleared(long nowMs) {
        long at = Math.max(0, position(nowMs));
        if (at < agentNext) {
            agentNext = at;
            tell(new Cut(at));
        }
    }

    /** From now on nothing is kept: there is silence in the file. */
    public void pause(long nowMs) {
        if (!paused) {
            paused = true;
            pauses++;
            tell(new Pause(Math.max(0, position(nowMs))));
        }
    }

    /** From now on everything is kept again. */
    public void resume(long nowMs) {
        if (paused && pauses < MOST_PAUSES) {
            paused = false;
            tell(new Resume(Math.max(0, position(nowMs))));
        }
    }

    /** Whether what is said now is being recorded. */
    public boolean on() {
        return !paused && !ended && failure == null;
    }

    /** The call is over. */
    public void end(long nowMs) {
        if (!ended) {
            tell(new End(Math.max(0, position(nowMs))));
            ended = true;
        }
    }

    /** The caller does not agree after all: nothing is kept. */
    public void discard(long nowMs) {
        if (!ended) {
            tell(new Discard(Math.max(0, position(nowMs))));
            ended = true;
        }
    }

    private void hand(Frame frame) {
        if (paused || ended || failure != null) {
            return;
        }
        if (waiting.get() >= MOST_WAITING) {
            if (lost.getAndIncrement() == 0) {
                LOG.warnf("call %s: its recording's store is slow: frames are lost to it", callId);
            }
            lostOne.run();
            return;
        }
        waiting.incrementAndGet();
        steps.add(frame);
    }

    private void tell(Step step) {
        if (!ended) {
            steps.add(step);
        }
    }

    // For whoever writes.

    /** The next step; null if none waits. Callable from the one thread that writes. */
    @Nullable
    Step next() {
        Step step = steps.poll();
        if (step instanceof Frame) {
            waiting.decrementAndGet();
        }
        return step;
    }

    /** It cannot be written. Callable from anywhere. */
    void fail(String why) {
        failure = why;
    }

    /** Why it could not be written; null if it could, so far. Callable from anywhere. */
    public @Nullable String failure() {
        return failure;
    }

    /** Frames that were lost because too many waited. Callable from anywhere. */
    long lost() {
        return lost.get();
    }
}
