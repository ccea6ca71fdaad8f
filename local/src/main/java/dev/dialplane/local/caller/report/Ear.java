package dev.dialplane.local.caller.report;

import dev.dialplane.local.caller.carrier.LineLog;
import dev.dialplane.local.caller.carrier.LineLog.Arrival;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the caller's ear got of the agent, asked after the call. Times in ms since the start message. */
final class Ear {
    private static final int FRAME_MS = 20;
    /** A silence this long parts two bursts of media. */
    private static final double BURST_GAP_MS = 100;

    private final LineLog log;

    Ear(LineLog log) {
        this.log = log;
    }

    /** A stretch in which the agent's side was played without a gap. */
    record Burst(double startMs, double endMs, boolean cleared) {}

    /** The bursts, parted by silences of {@code gapMs} and more. */
    List<Burst> bursts(int gapMs) {
        List<Burst> bursts = new ArrayList<>();
        int[] samples = log.heardSamples();
        int start = -1;
        int last = -1;
        for (int i = 0; i <= samples.length; i++) {
            boolean playing = i < samples.length && samples[i] > 0;
            boolean over = start >= 0 && (i == samples.length || playing && (i - last - 1) * FRAME_MS >= gapMs);
            if (over) {
                double end = endOf(last);
                bursts.add(new Burst(start * FRAME_MS, end, clearedBetween(start * FRAME_MS, end + FRAME_MS)));
                start = -1;
            }
            if (playing) {
                start = start < 0 ? i : start;
                last = i;
            }
        }
        return bursts;
    }

    private double endOf(int frame) {
        return frame * FRAME_MS + log.heardSamples()[frame] / 8.0;
    }

    /** Whether the agent's side was being played at {@code ms}, or had been within the 100 ms before. */
    boolean playingAt(double ms) {
        return playedWithin(ms - BURST_GAP_MS, ms);
    }

    private boolean playedWithin(double fromMs, double toMs) {
        int[] samples = log.heardSamples();
        for (int i = Math.max(0, (int) (fromMs / FRAME_MS)); i < samples.length && i * FRAME_MS <= toMs; i++) {
            if (samples[i] > 0) {
                return true;
            }
        }
        return false;
    }

    /** When the last sample was played before the first silence of {@code gapMs} after {@code ms}. */
    Optional<Double> silentAfter(double ms, int gapMs) {
        int[] samples = log.heardSamples();
        int last = -1;
        for (int i = Math.max(0, (int) ((ms - BURST_GAP_MS) / FRAME_MS)); i < samples.length; i++) {
            if (samples[i] > 0) {
                last = i;
            } else if (last >= 0 && (i - last) * FRAME_MS >= gapMs) {
                break;
            }
        }
        return last < 0 ? Optional.empty() : Optional.of(endOf(last));
    }

    /** When the first sample was played at or after {@code ms}. */
    Optional<Double> playedFrom(double ms) {
        int[] samples = log.heardSamples();
        for (int i = Math.max(0, (int) Math.floor(ms / FRAME_MS)); i < samples.length; i++) {
            if (samples[i] > 0) {
                return Optional.of((double) i * FRAME_MS);
            }
        }
        return Optional.empty();
    }

    /** When the last sample before {@code beforeMs} and at or after {@code fromMs} was played. */
    Optional<Double> playedUntil(double fromMs, double beforeMs) {
        int[] samples = log.heardSamples();
        for (int i = Math.min(samples.length, (int) (beforeMs / FRAME_MS)) - 1;
                i >= 0 && i * FRAME_MS >= fromMs - FRAME_MS;
                i--) {
            if (samples[i] > 0) {
                return Optional.of(endOf(i));
            }
        }
        return Optional.empty();
    }

    boolean clearedBetween(double fromMs, double toMs) {
        return log.clears().stream().map(nanos -> nanos / 1e6).anyMatch(ms -> ms >= fromMs && ms <= toMs);
    }

    /** The first media of a burst that began at or after {@code ms}: nothing had come in the 100 ms before, or a clear had. */
    Optional<Arrival> burstFrom(double ms) {
        Arrival before = null;
        for (Arrival arrival : log.arrivals()) {
            if (arrival.ms() >= ms
                    && (before == null
                            || arrival.ms() - before.ms() >= BURST_GAP_MS
                            || clearedBetween(before.ms(), arrival.ms()))) {
                return Optional.of(arrival);
            }
            before = arrival;
        }
        return Optional.empty();
    }

    /** The first media that came at or after {@code ms}. */
    Optional<Arrival> arrivalFrom(double ms) {
        return log.arrivals().stream().filter(arrival -> arrival.ms() >= ms).findFirst();
    }
}
