package dev.dialplane.gateway.ingress;

import org.jspecify.annotations.Nullable;

/**
 * The caller's audio of one call: carrier frames in, frames of 20 ms out, in order, on the carrier's time base.
 *
 * <p>Frames are put in order by their chunk numbers within a small window; duplicates are dropped. What the carrier skips
 * is concealed at once; when nothing comes for {@code LATE} ms, frames are made at the pace of the clock, so that a turn
 * still ends: what the decoder makes of a loss soon is silence. Where a frame comes after all, the one made in its place is
 * taken back: the frame goes out with its own time, and time goes on from there, so that the time base never drifts from the
 * carrier's.
 *
 * <p>The clock is fitted to the carrier's timestamps: down at once, as the earliest frame shows the shortest way, and up
 * slowly, as two clocks drift apart by some hundred ppm.
 *
 * <p>A state machine over {@code now}, in ns of any steady clock. For one thread at a time.
 */
public final class Ingress {
    /** Length of a frame out, ms. */
    public static final int FRAME = 20;
    /** How far behind the clock frames are made, ms: beyond the jitter of a line that works. */
    static final int LATE = 100;
    /** Chunks that may be missing while later ones wait. */
    static final int WINDOW = 4;
    /** How long they wait, ms. */
    static final int REORDER_WAIT = 60;
    /** How much more than the time that passed a gap may be, ms. */
    static final int SLACK = 200;
    /** Timestamps that go back by more than this, ms, are a new time base. */
    static final int REBASE = 5_000;
    /** How far back what was made can be taken back, in frames: 10 s. */
    private static final int MEMORY = 512;

    private static final long NANOS = 1_000_000;
    private static final int DRIFT = 512;

    private final int frameBytes;
    private final int bytesPerMs;
    private final LineDecoder decoder;
    private final IngressPort port;

    private final Held[] held = new Held[WINDOW];
    private int waiting;
    private long waitingSince;
    private long nextChunk = -1;

    private boolean begun;
    /** Carrier's timestamp that is media time 0. */
    private long base;
    /** Media time of the next frame out, ms. */
    private long nextTime;

    /** now = clock + media time, for a frame that comes as early as they do. */
    private long clock;

    private long lastArrival;
    private long madeSinceArrival;
    /** Per frame slot of the last 10 s: its number plus one if what went out was made here. */
    private final long[] concealedSlot = new long[MEMORY];

    private byte[] partial;
    private int partialBytes;

    private long concealed;
    private long takenBack;
    private long duplicates;
    private long reordered;
    private long rebased;
    private long unreadable;

    private record Held(long chunk, long timestamp, byte[] payload) {}

    /**
     * Ingress of one call.
     *
     * @param sampleRate samples a second
     * @param bytesPerSample of what goes out: 1 for G.711, 2 for linear
     * @param decoder makes that of the carrier's payloads
     */
    public Ingress(int sampleRate, int bytesPerSample, LineDecoder decoder, IngressPort port) {
        bytesPerMs = sampleRate / 1_000 * bytesPerSample;
        frameBytes = bytesPerMs * FRAME;
        partial = new byte[frameBytes];
        this.decoder = decoder;
        this.port = port;
    }

    /**
     * One frame of the carrier's.
     *
     * @param chunk its number, from 1 up by 1, or -1 where the carrier has none
     * @param timestamp of its first sample in ms, or -1 where the carrier has none
     * @param payload any length; given away
     */
    public void media(long now, long chunk, long timestamp, byte[] payload) {
        if (chunk < 0 || nextChunk < 0) {
            nextChunk = chunk < 0 ? -1 : chunk + 1;
            inOrder(now, timestamp, payload);
            return;
        }
        if (chunk == nextChunk) {
            nextChunk++;
            inOrder(now, timestamp, payload);
            releaseReady(now);
        } else if (chunk < nextChunk) {
            late(now, timestamp, payload);
        } else if (chunk - nextChunk > 1_000) {
            // Numbers that jump by 20 s start anew.
            releaseAll(now);
            nextChunk = chunk + 1;
            inOrder(now, timestamp, payload);
        } else {
            hold(now, new Held(chunk, timestamp, payload));
        }
    }

    private void hold(long now, Held frame) {
        for (int i = 0; i < waiting; i++) {
            if (held[i].chunk == frame.chunk) {
                duplicates++;
                return;
            }
        }
        if (waiting == WINDOW) {
            skipMissing(now);
            media(now, frame.chunk, frame.timestamp, frame.payload);
            return;
        }
        if (waiting == 0) {
            waitingSince = now;
        }
        int at = waiting++;
        while (at > 0 && held[at - 1].chunk > frame.chunk) {
            held[at] = held[at - 1];
            at--;
        }
        held[at] = frame;
    }

    private void releaseReady(long now) {
        while (waiting > 0 && held[0].chunk == nextChunk) {
            reordered++;
            release(now);
        }
    }

    private void release(long now) {
        Held first = held[0];
        System.arraycopy(held, 1, held, 0, --waiting);
        nextChunk = first.chunk + 1;
        inOrder(now, first.timestamp, first.payload);
    }

    /** Gives the missing chunk up. */
    private void skipMissing(long now) {
        release(now);
        releaseReady(now);
        waitingSince = now;
    }

    private void releaseAll(long now) {
        while (waiting > 0) {
            release(now);
        }
    }

    /** A frame whose turn has passed: welcome where one was made in its place, a duplicate otherwise. */
    private void late(long now, long timestamp, byte[] payload) {
        long time = timestamp - base;
        byte[] frame = timestamp >= 0 && isConcealed(snapped(time)) ? decoder.decode(payload) : null;
        if (frame == null || frame.length != frameBytes || !takeBack(snapped(time))) {
            duplicates++;
            return;
        }
        lastArrival = now;
        emit(snapped(time), frame, false);
    }

    private static long snapped(long time) {
        return (time + FRAME / 2) / FRAME * FRAME;
    }

    private boolean isConcealed(long time) {
        return time >= 0 && concealedSlot[(int) (time / FRAME % MEMORY)] == time / FRAME + 1;
    }

    private boolean takeBack(long time) {
        if (!isConcealed(time)) {
            return false;
        }
        concealedSlot[(int) (time / FRAME % MEMORY)] = 0;
        takenBack++;
        return true;
    }

    private void inOrder(long now, long timestamp, byte[] payload) {
        long sinceLast = begun ? (now - lastArrival) / NANOS : 0;
        if (!begun) {
            begun = true;
            base = Math.max(0, timestamp);
            clock = now;
        }
        lastArrival = now;
        madeSinceArrival = 0;
        long expected = nextTime + partialBytes / bytesPerMs;
        long time = timestamp < 0 ? expected : timestamp - base;
        long jump = time - expected;
        // A gap is not longer than the time that passed, and time goes back only over what was made here.
        boolean believed = jump >= 0 ? jump <= sinceLast + SLACK : jump > -REBASE && isConcealed(snapped(time));
        if (!believed && Math.abs(jump) >= FRAME / 2) {
            rebased++;
            base += jump;
            time = expected;
            jump = 0;
        }
        fit(now, time);
        if (jump >= FRAME / 2) {
            flushPartial();
            while (nextTime + FRAME / 2 <= time) {
                boolean beforeThisOne = nextTime + FRAME + FRAME / 2 > time;
                conceal(nextTime, beforeThisOne ? payload : null);
            }
        } else if (jump <= -FRAME / 2) {
            long own = snapped(time);
            for (long t = own; t < nextTime; t += FRAME) {
                takeBack(t);
            }
            partialBytes = 0;
            nextTime = own;
        }
        byte[] audio = decoder.decode(payload);
        if (audio == null) {
            unreadable++;
            conceal(nextTime, null);
        } else {
            append(audio);
        }
    }

    private void fit(long now, long time) {
        long offset = now - time * NANOS;
        clock = offset < clock ? offset : clock + (offset - clock) / DRIFT;
    }

    private void append(byte[] payload) {
        if (partialBytes == 0 && payload.length == frameBytes) {
            emit(nextTime, payload, false);
            nextTime += FRAME;
            return;
        }
        int from = 0;
        while (from < payload.length) {
            int n = Math.min(frameBytes - partialBytes, payload.length - from);
            System.arraycopy(payload, from, partial, partialBytes, n);
            partialBytes += n;
            from += n;
            if (partialBytes == frameBytes) {
                emitPartial();
            }
        }
    }

    private void emitPartial() {
        byte[] full = partial;
        partial = new byte[frameBytes];
        partialBytes = 0;
        emit(nextTime, full, false);
        nextTime += FRAME;
    }

    private void flushPartial() {
        if (partialBytes > 0) {
            System.arraycopy(decoder.conceal(null), 0, partial, partialBytes, frameBytes - partialBytes);
            emitPartial();
        }
    }

    private void conceal(long time, byte @Nullable [] next) {
        concealedSlot[(int) (time / FRAME % MEMORY)] = time / FRAME + 1;
        concealed++;
        emit(time, decoder.conceal(next), true);
        nextTime = time + FRAME;
    }

    private void emit(long time, byte[] payload, boolean madeHere) {
        port.frame(time, payload, madeHere);
    }

    /** Gives missing frames up and makes others where the clock says so. To be called every few ms. */
    public void tick(long now) {
        if (!begun) {
            return;
        }
        if (waiting > 0 && now - waitingSince >= REORDER_WAIT * NANOS) {
            skipMissing(now);
        }
        while (now - lastArrival >= (LATE + FRAME * (madeSinceArrival + 1)) * NANOS) {
            flushPartial();
            conceal(nextTime, null);
            madeSinceArrival++;
        }
    }

    /** By when it is to be ticked if nothing comes, ns; {@link Long#MAX_VALUE} before the first frame. */
    public long due() {
        if (!begun) {
            return Long.MAX_VALUE;
        }
        long silence = lastArrival + (LATE + FRAME * (madeSinceArrival + 1)) * NANOS;
        return waiting > 0 ? Math.min(silence, waitingSince + REORDER_WAIT * NANOS) : silence;
    }

    /** The caller's time base at {@code now}, ms: the media time of a frame that would come now. */
    public long mediaTime(long now) {
        return begun ? Math.max(0, (now - clock) / NANOS) : 0;
    }

    /** When, in ns, that moment of the caller's audio was spoken: a frame comes when its last sample has been. */
    public long spokenAt(long mediaTime) {
        return clock + (mediaTime - FRAME) * NANOS;
    }

    /** Whether the carrier has sent a frame. */
    public boolean begun() {
        return begun;
    }

    /** When the last frame came; meaningless before the first. */
    public long lastArrival() {
        return lastArrival;
    }

    /** Frames made in place of what did not come. */
    public long concealed() {
        return concealed;
    }

    /** Of those, how many were replaced by what came after all. */
    public long takenBack() {
        return takenBack;
    }

    /** Frames dropped because they had come before. */
    public long duplicates() {
        return duplicates;
    }

    /** Frames that came out of order and were put in place. */
    public long reordered() {
        return reordered;
    }

    /** Payloads that the line's codec could not read, and that count as lost. */
    public long unreadable() {
        return unreadable;
    }

    /** How often the carrier's timestamps jumped to another base. */
    public long rebased() {
        return rebased;
    }
}
