package dev.dialplane.local.caller.carrier;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What is wrong with a line, towards the server: frames that get lost or come late, and the carrier's clock. The same seed
 * does the same.
 *
 * @param loss share of frames that never come, 0 to 1
 * @param late share of frames that come one to three frames late, after those that follow them, 0 to 1
 * @param driftPpm how much faster than ours the carrier's clock is, in parts per million: of what it sends and what it plays
 * @param seed of what happens to which frame
 */
public record Impairment(double loss, double late, double driftPpm, long seed) {
    /** A line that works. */
    public static final Impairment NONE = new Impairment(0, 0, 0, 0);

    /** A frame that is late is so by at most so many frames: 60 ms. */
    static final int LATEST_FRAMES = 3;

    /** Checks the shares. */
    public Impairment {
        if (loss < 0 || late < 0 || loss + late > 1) {
            throw new IllegalArgumentException(
                    "loss is " + loss + " and late " + late + ", allowed are 0 to 1 together");
        }
        if (Math.abs(driftPpm) > 1000) {
            throw new IllegalArgumentException("driftPpm is " + driftPpm + ", allowed is -1000 to 1000");
        }
    }

    /** How long 20 ms of the carrier's are by our clock, ns. */
    long frameNanos() {
        return Math.round(MediaLine.FRAME_NANOS / (1 + driftPpm / 1e6));
    }

    /** One line with this. */
    Way way() {
        return new Way();
    }

    /** The way of one line's frames to the server. Decides, and sends nothing. For one thread at a time. */
    final class Way {
        private record Held(String message, long until) {}

        private final SplittableRandom random = new SplittableRandom(seed);
        private final ArrayDeque<Held> held = new ArrayDeque<>();
        private long frames;
        private long lost;
        private long delayed;

        /** The messages that go out with the next frame, in order: it, unless it is lost or late, and what was late before. */
        List<String> next(String message) {
            double luck = random.nextDouble();
            long now = frames++;
            List<String> out = new ArrayList<>(2);
            if (luck < loss) {
                lost++;
            } else if (luck < loss + late) {
                delayed++;
                held.add(new Held(message, now + 1 + random.nextInt(LATEST_FRAMES)));
            } else {
                out.add(message);
            }
            for (Iterator<Held> each = held.iterator(); each.hasNext(); ) {
                Held one = each.next();
                if (one.until <= now) {
                    out.add(one.message);
                    each.remove();
                }
            }
            return out;
        }

        /** Frames that never come. */
        long lost() {
            return lost;
        }

        /** Frames that come late. */
        long delayed() {
            return delayed;
        }

        /** Frames that are on their way now. */
        int held() {
            return held.size();
        }
    }
}
