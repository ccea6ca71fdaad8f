package dev.dialplane.gateway.playout;

import dev.dialplane.audio.Dtmf;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Digits that the agent has sent, as tones in the audio ({@link Dtmf#dialed}). A row may be longer than playout's buffer, so
 * that it is handed over a little ahead of what is played; what the agent says after it waits for its rest. For the line's
 * thread.
 */
public final class DialedDigits {
    /** Rows that wait at most; a further one is not sent. */
    static final int MOST_ROWS = 8;
    /** How far ahead a row is handed over, ms. */
    private static final int AHEAD = 300;

    private static final int PIECE_MS = 100;
    /** So long after the last tone was handed over, a key may be its echo: our lead, and the far end's way there and back. */
    private static final long ECHO_NANOS = 1_500_000_000;

    /** Writes linear samples in the line's coding. */
    @FunctionalInterface
    public interface Coder {
        byte[] encode(short[] linear);
    }

    private record Row(long generation, long firstSample, String digits) {}

    private final int sampleRate;
    private final int bytesPerSample;
    private final Coder coder;
    private final Deque<Row> rows = new ArrayDeque<>();
    private byte @Nullable [] tones;
    private int handedOver;
    private String lastDialed = "";
    private long lastTone;

    /** None, on a line of that kind. */
    public DialedDigits(int sampleRate, int bytesPerSample, Coder coder) {
        this.sampleRate = sampleRate;
        this.bytesPerSample = bytesPerSample;
        this.coder = coder;
    }

    /**
     * Takes a row.
     *
     * @return false if it is none, or too many wait
     */
    public boolean dial(long generation, long firstSample, String digits) {
        if (!Dtmf.isRow(digits) || rows.size() == MOST_ROWS) {
            return false;
        }
        rows.add(new Row(generation, firstSample, digits));
        return true;
    }

    /** Hands over what is due. To be called before playout ticks. */
    public void feed(long now, Playout playout) {
        handOver(now, playout, AHEAD);
    }

    /** Hands over all that there is: more of the agent's is to follow it. */
    public void finish(long now, Playout playout) {
        handOver(now, playout, Integer.MAX_VALUE);
    }

    private void handOver(long now, Playout playout, int ahead) {
        while (!rows.isEmpty() && playout.waiting() < ahead) {
            Row row = rows.element();
            byte[] all = tones;
            if (all == null) {
                all = coder.encode(Dtmf.dialed(row.digits, sampleRate));
                tones = all;
                handedOver = 0;
                lastDialed = row.digits;
            }
            int length = Math.min(all.length - handedOver, PIECE_MS * sampleRate / 1_000 * bytesPerSample);
            boolean end = handedOver + length == all.length;
            playout.audio(
                    now,
                    row.generation,
                    row.firstSample + handedOver / bytesPerSample,
                    ByteBuffer.wrap(all, handedOver, length),
                    SoundKind.TONE,
                    end);
            handedOver += length;
            lastTone = now;
            if (end) {
                next();
            }
        }
    }

    private void next() {
        rows.remove();
        tones = null;
    }

    /** What was not heard yet of {@code generation} and of those before it is not sent. */
    public void clear(long generation) {
        while (!rows.isEmpty() && rows.element().generation <= generation) {
            next();
        }
    }

    /** Whether a key that the carrier says was pressed may be a tone of ours that came back. */
    public boolean echoes(long now, String key) {
        return lastDialed.contains(key) && (!rows.isEmpty() || now - lastTone < ECHO_NANOS);
    }
}
