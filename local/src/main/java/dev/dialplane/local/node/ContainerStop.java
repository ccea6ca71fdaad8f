package dev.dialplane.local.node;

import dev.dialplane.local.process.Child;
import dev.dialplane.local.process.ChildProcesses;
import dev.dialplane.local.process.Launch;
import dev.dialplane.local.process.Signals;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.LifecycleHandler;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Stops one container as the kubelet does: the preStop hook, SIGTERM, SIGKILL when the grace period, which includes the
 * hook, is over; a hook that used up the grace leaves two seconds.
 *
 * @param deadlineNanos when the grace is over, by {@link System#nanoTime()}; it may move closer meanwhile
 * @param warn told when a hook fails
 */
record ContainerStop(
        Container container,
        String address,
        Child child,
        Launch launch,
        ChildProcesses children,
        LongSupplier deadlineNanos,
        Consumer<String> warn)
        implements Runnable {
    private static final Duration AT_LEAST = Duration.ofSeconds(2);
    private static final Duration POLL = Duration.ofMillis(100);

    @Override
    public void run() {
        try {
            LifecycleHandler hook = container.getLifecycle() == null
                    ? null
                    : container.getLifecycle().getPreStop();
            long earliest = Long.MIN_VALUE;
            if (hook != null && remaining(deadlineNanos.getAsLong()) > 0) {
                runHook(hook);
                earliest = System.nanoTime() + AT_LEAST.toNanos();
            }
            child.signal(Signals.TERM);
            while (!endedWithin(POLL)) {
                long deadline = deadlineNanos.getAsLong();
                if (remaining(deadline) <= 0 && (earliest == Long.MIN_VALUE || remaining(earliest) <= 0)) {
                    break;
                }
            }
            child.kill();
        } catch (InterruptedException e) {
            child.kill(); // the node ends
        }
    }

    private static long remaining(long deadline) {
        return deadline - System.nanoTime();
    }

    private boolean endedWithin(Duration time) throws InterruptedException {
        try {
            child.exit().get(time.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            return true;
        }
    }

    private void runHook(LifecycleHandler hook) throws InterruptedException {
        Thread runner = Thread.ofVirtual().start(() -> {
            try {
                ask(hook);
            } catch (ContainerConfigException | ProbeAction.ProbeFailure e) {
                warn.accept("preStop of container " + container.getName() + " failed: " + e.getMessage());
            } catch (InterruptedException e) {
                return; // out of time
            }
        });
        while (!runner.join(POLL)) {
            if (remaining(deadlineNanos.getAsLong()) <= 0 || !child.isAlive()) {
                runner.interrupt();
                runner.join();
                return;
            }
        }
    }

    private void ask(LifecycleHandler hook)
            throws ContainerConfigException, ProbeAction.ProbeFailure, InterruptedException {
        @Nullable ProbeAction action = null;
        if (hook.getSleep() != null) {
            Thread.sleep(Duration.ofSeconds(hook.getSleep().getSeconds()));
        } else if (hook.getHttpGet() != null) {
            action = ProbeAction.httpGet(hook.getHttpGet(), container, address);
        } else if (hook.getExec() != null) {
            action = new ProbeAction.Exec(
                    children, ProbeAction.withCommand(launch, hook.getExec().getCommand()));
        }
        if (action != null) {
            action.ask(Duration.ofNanos(Math.max(1_000_000, remaining(deadlineNanos.getAsLong()))));
        }
    }
}
