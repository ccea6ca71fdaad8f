package dev.dialplane.inference.service;

import dev.dialplane.contracts.common.v1.ModelRef;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How soon each language model has lately begun its replies, over all calls: from that it follows how long another one is
 * worth waiting for, and whether a model may be asked twice.
 *
 * <p>A hosted model that has accepted a request and then says nothing is the commonest way for a call to go mute; a fixed
 * limit long enough for a slow model is far too long for a quick one. For any number of threads.
 */
@ApplicationScoped
public class FirstPieces {
    /** The last replies that count. */
    static final int KEPT = 200;
    /** Fewer say nothing about a percentile near the end. */
    static final int ENOUGH = 30;
    /** What is so much later than 19 of 20 replies does not come any more, or too late. */
    static final int TIMES = 4;
    /** Nobody is given up sooner: a network's own hiccup is over by then. */
    static final Duration SHORTEST = Duration.ofSeconds(1);
    /** Of ten replies one may be asked for twice, so that a model that is slow for all is not given twice the work. */
    static final double HEDGED_SHARE = 0.1;

    private static final double MOST_HEDGES = 10;

    private final Map<String, Recent> models = new ConcurrentHashMap<>();

    /** A model was asked. */
    void asked(ModelRef model) {
        recent(model).asked();
    }

    /** A reply of a model's began so long after it was asked. */
    void came(ModelRef model, int milliseconds) {
        recent(model).came(milliseconds);
    }

    /**
     * How long a first piece may take, if another model is there to be asked then.
     *
     * @param most what the pool allows
     */
    Duration deadline(ModelRef model, Duration most) {
        int usual = recent(model).p95();
        if (usual < 0) {
            return most;
        }
        Duration patient = Duration.ofMillis((long) TIMES * usual);
        Duration least = patient.compareTo(SHORTEST) < 0 ? SHORTEST : patient;
        return least.compareTo(most) < 0 ? least : most;
    }

    /** Whether a model may be asked a second time for a reply; takes it as done. */
    boolean hedge(ModelRef model) {
        return recent(model).hedge();
    }

    private Recent recent(ModelRef model) {
        return models.computeIfAbsent(model.getProvider() + "/" + model.getModel(), _ -> new Recent());
    }

    private static final class Recent {
        private final int[] milliseconds = new int[KEPT];
        private int count;
        private double hedges = MOST_HEDGES / 2;

        synchronized void asked() {
            hedges = Math.min(MOST_HEDGES, hedges + HEDGED_SHARE);
        }

        synchronized void came(int after) {
            milliseconds[count++ % KEPT] = after;
            if (count == 2 * KEPT) {
                count = KEPT;
            }
        }

        /** −1 if too little is known. */
        synchronized int p95() {
            if (count < ENOUGH) {
                return -1;
            }
            int[] sorted = Arrays.copyOf(milliseconds, Math.min(count, KEPT));
            Arrays.sort(sorted);
            return sorted[(int) Math.ceil(0.95 * sorted.length) - 1];
        }

        synchronized boolean hedge() {
            if (hedges < 1) {
                return false;
            }
            hedges--;
            return true;
        }
    }
}
