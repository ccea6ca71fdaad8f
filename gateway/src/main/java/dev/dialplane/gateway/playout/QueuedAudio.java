package dev.dialplane.gateway.playout;

import java.nio.ByteBuffer;

/**
 * What an agent sent and the carrier has not got yet: bytes in a ring, and which samples of which generation they are.
 *
 * <p>Bounded by the shape's buffer. Allocates nothing after it was made.
 */
final class QueuedAudio {
    /** Pieces merge while they are contiguous, so that a few are enough; one more than fits is treated as overflow. */
    private static final int PIECES = 64;

    private static final SoundKind[] KINDS = SoundKind.values();

    private final int bytesPerSample;
    private final byte[] ring;
    private int head;
    private int bytes;

    private final long[] generation = new long[PIECES];
    private final long[] first = new long[PIECES];
    private final int[] count = new int[PIECES];
    private final byte[] kind = new byte[PIECES];
    private final boolean[] end = new boolean[PIECES];
    private int headPiece;
    private int pieces;

    QueuedAudio(int bytesPerSample, int capacityBytes) {
        this.bytesPerSample = bytesPerSample;
        ring = new byte[capacityBytes];
    }

    /** Takes as much as there is room for, and says how many samples that was. */
    int add(long generation, long first, ByteBuffer payload, SoundKind kind) {
        int samples = Math.min(payload.remaining(), ring.length - bytes) / bytesPerSample;
        if (samples == 0 || !place(generation, first, samples, kind)) {
            return 0;
        }
        int size = samples * bytesPerSample;
        int tail = (head + bytes) % ring.length;
        int straight = Math.min(size, ring.length - tail);
        payload.get(ring, tail, straight);
        payload.get(ring, 0, size - straight);
        bytes += size;
        return samples;
    }

    private boolean place(long generation, long first, int samples, SoundKind kind) {
        if (pieces > 0) {
            int last = slot(pieces - 1);
            if (!end[last]
                    && this.generation[last] == generation
                    && this.first[last] + count[last] == first
                    && this.kind[last] == kind.ordinal()) {
                count[last] += samples;
                return true;
            }
        }
        if (pieces == PIECES) {
            return false;
        }
        int next = slot(pieces++);
        this.generation[next] = generation;
        this.first[next] = first;
        this.kind[next] = (byte) kind.ordinal();
        count[next] = samples;
        end[next] = false;
        return true;
    }

    /** What was added last is the end of its run. */
    void markEnd() {
        if (pieces > 0) {
            end[slot(pieces - 1)] = true;
        }
    }

    boolean isEmpty() {
        return pieces == 0;
    }

    /** Samples that wait. */
    int samples() {
        return bytes / bytesPerSample;
    }

    /** Samples that can be played without a break in the run. */
    int contiguous() {
        int sum = 0;
        for (int i = 0; i < pieces; i++) {
            int p = slot(i);
            sum += count[p];
            if (end[p]) {
                break;
            }
        }
        return sum;
    }

    /** Whether a run ends within the next {@code samples} samples. */
    boolean endsWithin(int samples) {
        int sum = 0;
        for (int i = 0; i < pieces && sum <= samples; i++) {
            int p = slot(i);
            sum += count[p];
            if (end[p] && sum <= samples) {
                return true;
            }
        }
        return false;
    }

    long headGeneration() {
        return generation[headPiece];
    }

    long headSample() {
        return first[headPiece];
    }

    SoundKind headKind() {
        return KINDS[kind[headPiece]];
    }

    /** Moves up to {@code samples} samples of one run into {@code frame}, and says how many there were. */
    int take(byte[] frame, int samples) {
        int taken = 0;
        boolean ended = false;
        while (taken < samples && pieces > 0 && !ended) {
            int n = Math.min(samples - taken, count[headPiece]);
            copyOut(frame, taken * bytesPerSample, n * bytesPerSample);
            taken += n;
            first[headPiece] += n;
            count[headPiece] -= n;
            if (count[headPiece] == 0) {
                ended = end[headPiece];
                headPiece = (headPiece + 1) % PIECES;
                pieces--;
            }
        }
        return taken;
    }

    private void copyOut(byte[] frame, int offset, int size) {
        int straight = Math.min(size, ring.length - head);
        System.arraycopy(ring, head, frame, offset, straight);
        System.arraycopy(ring, 0, frame, offset + straight, size - straight);
        drop(size);
    }

    private void drop(int size) {
        head = (head + size) % ring.length;
        bytes -= size;
    }

    /** Throws away everything of {@code generation} and of those before it. */
    void clearThrough(long generation) {
        while (pieces > 0 && this.generation[headPiece] <= generation) {
            drop(count[headPiece] * bytesPerSample);
            headPiece = (headPiece + 1) % PIECES;
            pieces--;
        }
    }

    private int slot(int index) {
        return (headPiece + index) % PIECES;
    }
}
