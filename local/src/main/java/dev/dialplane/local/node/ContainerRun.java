package dev.dialplane.local.node;

import dev.dialplane.local.node.ContainerView.Ended;
import dev.dialplane.local.node.ContainerView.Running;
import dev.dialplane.local.node.ContainerView.State;
import dev.dialplane.local.node.ContainerView.Waiting;
import dev.dialplane.local.process.Child;
import dev.dialplane.local.process.Launch;
import io.fabric8.kubernetes.api.model.Container;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One container of a pod from its first start to its last end. Confined to the pod's thread. */
final class ContainerRun {
    private final Container spec;
    private State state = new Waiting("ContainerCreating", "");
    private Optional<Ended> last = Optional.empty();
    private int restarts;
    private RestartBackOff backOff = RestartBackOff.NONE;
    private Instant dueAt = Instant.MIN;
    private @Nullable Child child;
    private @Nullable Launch launch;
    private @Nullable ContainerProbes probes;
    private boolean stopping;

    ContainerRun(Container spec) {
        this.spec = spec;
    }

    Container spec() {
        return spec;
    }

    ContainerView view() {
        return new ContainerView(spec.getName(), spec.getImage(), state, last, restarts);
    }

    /** Takes over what a former life of this node said: the container ran then, and its process is gone. */
    void resumeAfterLoss(int formerRestarts, Ended loss, boolean startAgain) {
        restarts = formerRestarts;
        if (startAgain) {
            last = Optional.of(loss);
            restarts++;
        } else {
            state = loss;
        }
    }

    boolean isDue(Instant now) {
        return state instanceof Waiting && !dueAt.isAfter(now);
    }

    Optional<Instant> due() {
        return state instanceof Waiting ? Optional.of(dueAt) : Optional.empty();
    }

    void waitFor(String reason, String message, Instant due) {
        state = new Waiting(reason, message);
        dueAt = due;
    }

    void started(Child startedChild, Launch how, ContainerProbes probesOfRun, Instant now) {
        child = startedChild;
        launch = how;
        probes = probesOfRun;
        stopping = false;
        boolean startup = spec.getStartupProbe() == null;
        state = new Running(startedChild.pid(), now, startup, startup && spec.getReadinessProbe() == null);
    }

    /** Whether a process belongs to the present run. */
    boolean runs(Child candidate) {
        return candidate.equals(child) && state instanceof Running;
    }

    void startupPassed() {
        if (state instanceof Running running) {
            state = new Running(running.pid(), running.since(), true, spec.getReadinessProbe() == null);
        }
    }

    void readiness(boolean ready) {
        if (state instanceof Running running) {
            state = new Running(running.pid(), running.since(), running.started(), ready && !stopping);
        }
    }

    /** The process, while it runs. */
    Optional<Child> process() {
        return state instanceof Running ? Optional.ofNullable(child) : Optional.empty();
    }

    Optional<Launch> launch() {
        return Optional.ofNullable(launch);
    }

    /** Notes that the container is being stopped; false if that was so already or there is nothing to stop. */
    boolean beginStop() {
        if (stopping || !(state instanceof Running)) {
            return false;
        }
        stopping = true;
        closeProbes();
        return true;
    }

    void closeProbes() {
        ContainerProbes present = probes;
        if (present != null) {
            present.close();
            probes = null;
        }
    }

    /** Records the end of the process, and when it is started again if {@code again}. */
    void ended(int code, String message, Instant now, boolean again) {
        closeProbes();
        if (!(state instanceof Running running)) {
            return;
        }
        Ended end = new Ended(code, code == 0 ? "Completed" : "Error", message, running.since(), now, running.pid());
        child = null;
        if (!again) {
            state = end;
            return;
        }
        last = Optional.of(end);
        backOff = backOff.afterRunOf(Duration.between(running.since(), now));
        Duration delay = backOff.delay();
        backOff = backOff.restarted();
        restarts++;
        waitFor(
                delay.isZero() ? "Restarting" : "CrashLoopBackOff",
                delay.isZero()
                        ? ""
                        : "back-off " + delay.toSeconds() + "s restarting failed container=" + spec.getName(),
                now.plus(delay));
    }

    /** Gives up a container that waits: the pod ends before it ran again. */
    void abandon(Instant now) {
        if (state instanceof Waiting) {
            state = last.orElse(new Ended(0, "Completed", "it was never started", now, now, 0));
        }
    }
}
