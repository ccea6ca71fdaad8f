package dev.dialplane.local.node;

import java.time.Instant;
import java.util.Optional;

/**
 * A container at one moment.
 *
 * @param state what it is doing
 * @param last how its run before ended
 */
record ContainerView(String name, String image, State state, Optional<Ended> last, int restarts) {
    /** What a container is doing. */
    sealed interface State permits Waiting, Running, Ended {}

    /** Not started, and why. */
    record Waiting(String reason, String message) implements State {}

    /** Its process runs. {@code started}: the startup probe has passed; {@code ready}: the readiness probe passes. */
    record Running(long pid, Instant since, boolean started, boolean ready) implements State {}

    /** Its process has ended. */
    record Ended(int exitCode, String reason, String message, Instant startedAt, Instant finishedAt, long pid)
            implements State {}

    boolean isReady() {
        return state instanceof Running running && running.ready();
    }

    boolean isOver() {
        return state instanceof Ended;
    }

    boolean everRan() {
        return !(state instanceof Waiting) || last.isPresent();
    }
}
