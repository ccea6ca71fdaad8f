package dev.dialplane.local.caller.carrier;

import dev.dialplane.audio.G711;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * All that went over one media socket, on the time base of its start message, by the carrier's clock.
 *
 * @param startNanos {@link System#nanoTime()} when the start message went out
 * @param spoken what the caller sent, µ-law, from time 0
 * @param heard what the caller's ear got, µ-law, from time 0; silence where nothing was played
 * @param heardSamples for each 20 ms of {@code heard}, how many of its samples came from the server
 * @param arrivals the server's media messages as they came in
 * @param clears when the server threw away what was queued, ns since the start
 * @param malformed messages that the carrier did not understand
 * @param framesSent frames that the caller sent
 * @param framesLate how many of them went out more than 10 ms after they were due
 * @param latestFrameNanos by how much the latest frame was late against its schedule
 */
public record LineLog(
        long startNanos,
        byte[] spoken,
        byte[] heard,
        int[] heardSamples,
        List<Arrival> arrivals,
        List<Long> clears,
        List<String> malformed,
        long framesSent,
        long framesLate,
        long latestFrameNanos) {

    /**
     * The streams of one call as one, on the time base of the first; nothing is said or heard in between.
     *
     * @throws java.util.NoSuchElementException if there is none
     */
    public static LineLog joined(List<LineLog> logs) {
        LineLog first = logs.getFirst();
        if (logs.size() == 1) {
            return first;
        }
        int frames = 0;
        for (LineLog log : logs) {
            frames = Math.max(frames, log.framesAfter(first.startNanos) + log.heardSamples.length);
        }
        byte[] spoken = new byte[frames * PlayBuffer.FRAME];
        byte[] heard = new byte[frames * PlayBuffer.FRAME];
        Arrays.fill(spoken, G711.MU_LAW.silence());
        Arrays.fill(heard, G711.MU_LAW.silence());
        int[] heardSamples = new int[frames];
        List<Arrival> arrivals = new ArrayList<>();
        List<Long> clears = new ArrayList<>();
        List<String> malformed = new ArrayList<>();
        long framesSent = 0;
        long late = 0;
        long latest = 0;
        for (LineLog log : logs) {
            long later = log.startNanos - first.startNanos;
            int at = log.framesAfter(first.startNanos);
            System.arraycopy(log.spoken, 0, spoken, at * PlayBuffer.FRAME, log.spoken.length);
            System.arraycopy(log.heard, 0, heard, at * PlayBuffer.FRAME, log.heard.length);
            System.arraycopy(log.heardSamples, 0, heardSamples, at, log.heardSamples.length);
            log.arrivals.forEach(a -> arrivals.add(new Arrival(a.nanos + later, a.samples, a.dBov, a.queuedSamples)));
            log.clears.forEach(nanos -> clears.add(nanos + later));
            malformed.addAll(log.malformed);
            framesSent += log.framesSent;
            late += log.framesLate;
            latest = Math.max(latest, log.latestFrameNanos);
        }
        return new LineLog(
                first.startNanos, spoken, heard, heardSamples, arrivals, clears, malformed, framesSent, late, latest);
    }

    private int framesAfter(long nanos) {
        return Math.toIntExact((startNanos - nanos) / MediaLine.FRAME_NANOS);
    }

    /**
     * A media message of the server's.
     *
     * @param nanos when it was read from the socket, ns since the start message
     * @param samples how much audio it held
     * @param dBov its level
     * @param queuedSamples what was waiting to be played before it
     */
    public record Arrival(long nanos, int samples, double dBov, int queuedSamples) {
        /** When it was read, in ms since the start message. */
        public double ms() {
            return nanos / 1e6;
        }
    }
}
