package dev.dialplane.agent.hearing;

/** The newest samples of a stream, by their number since its start. For one thread; allocates nothing after construction. */
public final class PcmRing {
    private final short[] samples;
    private final int mask;
    private long end;

    /** Keeps at least {@code capacity} samples; more, up to the next power of two. */
    public PcmRing(int capacity) {
        samples = new short[Integer.highestOneBit(Math.max(1, capacity - 1)) << 1];
        mask = samples.length - 1;
    }

    /** The number of the next sample: how many there were. */
    public long end() {
        return end;
    }

    /** The number of the oldest sample that is kept. */
    public long start() {
        return Math.max(0, end - samples.length);
    }

    /** Adds samples at the end, over the oldest. */
    public void add(short[] block, int offset, int count) {
        int done = 0;
        while (done < count) {
            int at = (int) end & mask;
            int part = Math.min(count - done, samples.length - at);
            System.arraycopy(block, offset + done, samples, at, part);
            done += part;
            end += part;
        }
    }

    /**
     * Copies {@code count} samples from number {@code from} on.
     *
     * @throws IndexOutOfBoundsException if they are not all kept
     */
    public void copy(long from, short[] target, int offset, int count) {
        if (from < start() || from + count > end) {
            throw new IndexOutOfBoundsException(
                    "samples " + from + " to " + (from + count) + ", kept are " + start() + " to " + end);
        }
        int done = 0;
        while (done < count) {
            int at = (int) (from + done) & mask;
            int part = Math.min(count - done, samples.length - at);
            System.arraycopy(samples, at, target, offset + done, part);
            done += part;
        }
    }
}
