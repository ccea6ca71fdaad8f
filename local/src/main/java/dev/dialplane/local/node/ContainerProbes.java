package dev.dialplane.local.node;

import dev.dialplane.local.node.PodEvent.Probed.Kind;
import dev.dialplane.local.process.Child;
import dev.dialplane.local.process.ChildProcesses;
import dev.dialplane.local.process.Launch;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Probe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Probes one run of a container, each probe on a thread of its own, and reports verdicts when they change. The periods
 * are the pod's, but a startup or readiness probe with a period of a second is asked every 75 ms until it first passes,
 * so that a process that starts in 300 ms is Ready then.
 */
final class ContainerProbes implements AutoCloseable {
    static final Duration UNTIL_FIRST_SUCCESS = Duration.ofMillis(75);

    private final Container container;
    private final String address;
    private final ChildProcesses children;
    private final Launch launch;
    private final Child child;
    private final Consumer<PodEvent> events;
    private final List<Thread> threads = new ArrayList<>();
    private boolean closed;

    /**
     * @param launch how the container was started: commands of probes run in its environment
     * @param events told the verdicts; begins with failing for readiness and startup, passing for liveness
     */
    ContainerProbes(
            Container container,
            String address,
            ChildProcesses children,
            Launch launch,
            Child child,
            Consumer<PodEvent> events) {
        this.container = container;
        this.address = address;
        this.children = children;
        this.launch = launch;
        this.child = child;
        this.events = events;
    }

    /** Begins, with the startup probe alone if there is one. */
    void start() throws ContainerConfigException {
        if (container.getStartupProbe() == null) {
            startOthers();
        } else {
            run(container.getStartupProbe(), this::untilStarted);
        }
    }

    private void startOthers() throws ContainerConfigException {
        run(container.getReadinessProbe(), (probe, action) -> forever(probe, action, Kind.READINESS));
        run(container.getLivenessProbe(), (probe, action) -> forever(probe, action, Kind.LIVENESS));
    }

    private interface Loop {
        void run(Probe probe, ProbeAction action) throws InterruptedException;
    }

    private synchronized void run(@Nullable Probe probe, Loop loop) throws ContainerConfigException {
        if (probe == null || closed) {
            return;
        }
        ProbeAction action = ProbeAction.of(probe, container, address, children, launch);
        threads.add(Thread.ofVirtual().name("probe " + child.name()).start(() -> {
            try (action) {
                Thread.sleep(seconds(probe.getInitialDelaySeconds(), 0));
                loop.run(probe, action);
            } catch (InterruptedException e) {
                return; // closed: the run has ended
            }
        }));
    }

    private void untilStarted(Probe probe, ProbeAction action) throws InterruptedException {
        Duration period = seconds(probe.getPeriodSeconds(), 10);
        Duration patience = period.multipliedBy(number(probe.getFailureThreshold(), 3));
        long start = System.nanoTime();
        while (true) {
            String failure = ask(probe, action);
            if (failure == null) {
                events.accept(new PodEvent.Probed(child, Kind.STARTUP, true, ""));
                try {
                    startOthers();
                } catch (ContainerConfigException e) {
                    events.accept(new PodEvent.Probed(child, Kind.LIVENESS, false, String.valueOf(e.getMessage())));
                }
                return;
            }
            if (System.nanoTime() - start >= patience.toNanos()) {
                events.accept(new PodEvent.Probed(child, Kind.STARTUP, false, failure));
                return;
            }
            Thread.sleep(untilFirstSuccess(period));
        }
    }

    private void forever(Probe probe, ProbeAction action, Kind kind) throws InterruptedException {
        int successes = number(probe.getSuccessThreshold(), 1);
        int failures = number(probe.getFailureThreshold(), 3);
        ProbeTally tally = kind == Kind.LIVENESS
                ? ProbeTally.passingAtFirst(successes, failures)
                : ProbeTally.failingAtFirst(successes, failures);
        Duration period = seconds(probe.getPeriodSeconds(), 10);
        boolean everPassed = kind == Kind.LIVENESS;
        while (true) {
            String failure = ask(probe, action);
            ProbeTally next = tally.after(failure == null);
            if (next.passing() != tally.passing()) {
                events.accept(new PodEvent.Probed(child, kind, next.passing(), failure == null ? "" : failure));
            }
            tally = next;
            everPassed |= tally.passing();
            Thread.sleep(everPassed ? period : untilFirstSuccess(period));
        }
    }

    private static Duration untilFirstSuccess(Duration period) {
        return period.compareTo(Duration.ofSeconds(1)) <= 0 ? UNTIL_FIRST_SUCCESS : period;
    }

    private static @Nullable String ask(Probe probe, ProbeAction action) throws InterruptedException {
        try {
            action.ask(seconds(probe.getTimeoutSeconds(), 1));
            return null;
        } catch (ProbeAction.ProbeFailure e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static Duration seconds(@Nullable Integer value, int otherwise) {
        return Duration.ofSeconds(number(value, otherwise));
    }

    private static int number(@Nullable Integer value, int otherwise) {
        return value == null ? otherwise : value;
    }

    @Override
    public synchronized void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
    }
}
