package dev.dialplane.agent.call;

import dev.dialplane.agent.loop.Loop;
import java.util.ArrayList;
import java.util.List;

/** Steps that happen after ever longer waits, until somebody gets off: the caller's silence. */
final class Ladder {
    private final Loop loop;
    private final List<Step> steps = new ArrayList<>();
    private final List<Loop.Timer> timers = new ArrayList<>();

    private record Step(long afterMs, Runnable action) {}

    Ladder(Loop loop) {
        this.loop = loop;
    }

    /** A step {@code afterMs} after the start; 0 means never. */
    Ladder step(long afterMs, Runnable action) {
        if (afterMs > 0) {
            steps.add(new Step(afterMs, action));
        }
        return this;
    }

    /** Begins at the foot, {@code since} ns of the loop's time; does nothing where it was begun. */
    void start(long since) {
        if (!timers.isEmpty()) {
            return;
        }
        for (Step step : steps) {
            timers.add(loop.after(since + step.afterMs() * 1_000_000 - loop.nanos(), step.action()));
        }
    }

    /** Gets off. */
    void stop() {
        timers.forEach(Loop.Timer::cancel);
        timers.clear();
    }
}
