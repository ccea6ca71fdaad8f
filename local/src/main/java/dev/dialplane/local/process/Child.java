package dev.dialplane.local.process;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A process that {@link ChildProcesses} started. */
public final class Child {
    private final String name;
    private final Process process;
    private final CompletableFuture<Integer> exit;

    Child(String name, Process process) {
        this.name = name;
        this.process = process;
        // Whatever the process started itself and left behind goes with it.
        this.exit = process.onExit().thenApply(ended -> {
            Signals.KILL.sendToGroup(ended.pid());
            return ended.exitValue();
        });
    }

    /** What logs call it. */
    public String name() {
        return name;
    }

    /** Its process id, which is its group's too. */
    public long pid() {
        return process.pid();
    }

    /** Completes with the exit code when it has ended, 128 + n if signal n ended it. */
    public CompletableFuture<Integer> exit() {
        return exit;
    }

    /** Whether it still runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Sends a signal to the process alone; nothing happens if it has ended. */
    public void signal(Signals signal) {
        // Through the handle's liveness, because the pid of an ended process may be another's by now.
        if (process.isAlive()) {
            signal.send(pid());
        }
    }

    /** Kills the process and everything in its group. */
    public void kill() {
        if (process.isAlive() && !Signals.KILL.sendToGroup(pid())) {
            Signals.KILL.send(pid()); // so young that it does not lead its group yet
        }
    }

    /** Asks it to end, kills it if it has not after {@code grace}, and returns when it is gone. */
    public void end(Duration grace) {
        signal(Signals.TERM);
        try {
            if (!process.waitFor(grace.toMillis(), TimeUnit.MILLISECONDS)) {
                kill();
                process.waitFor();
            }
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return name + " (pid " + pid() + ")";
    }
}
