package dev.dialplane.local.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Starts child processes that end when this JVM does, however it ends: the kernel kills each of them when the thread
 * that started it is gone (PR_SET_PDEATHSIG, see prctl(2)). So one thread starts them all, and it lives as long as the
 * JVM. Each child leads a session and process group of its own, so that Ctrl-C on a terminal reaches this JVM only, and
 * a child's own children can be killed with it.
 */
public final class ChildProcesses {
    private static final ExecutorService STARTER = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("process-starter").daemon().factory());
    private static final List<String> WRAPPER = wrapper();

    private final ProcessLedger ledger;

    /** Children that are recorded in a ledger as they start. */
    public ChildProcesses(ProcessLedger ledger) {
        this.ledger = ledger;
    }

    /**
     * Starts a process.
     *
     * @throws IOException if the program does not exist or can't be run
     */
    public Child start(Launch launch) throws IOException {
        Child child = startUnrecorded(launch);
        ledger.record(child.pid(), launch.name());
        return child;
    }

    /** Like {@link #start}, for a command of a moment: it is not recorded in the ledger. */
    public Child startUnrecorded(Launch launch) throws IOException {
        Files.createDirectories(launch.log().toAbsolutePath().getParent());
        Path program = Path.of(launch.command().getFirst());
        if (program.isAbsolute() && !Files.isExecutable(program)) {
            throw new IOException(launch.name() + ": " + program + " is not an executable file");
        }
        List<String> command = new ArrayList<>(WRAPPER);
        command.addAll(launch.command());
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(launch.directory().toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(launch.log().toFile()));
        builder.environment().clear();
        builder.environment().putAll(launch.environment());
        try {
            return new Child(launch.name(), STARTER.submit(builder::start).get());
        } catch (ExecutionException e) {
            throw new IOException(launch.name() + " can't be started: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while starting " + launch.name(), e);
        }
    }

    /** Both programs come with util-linux, which every Linux distribution has; both run the command in their own place. */
    private static List<String> wrapper() {
        for (String directory : List.of("/usr/bin", "/bin")) {
            Path setsid = Path.of(directory, "setsid");
            Path setpriv = Path.of(directory, "setpriv");
            if (Files.isExecutable(setsid) && Files.isExecutable(setpriv)) {
                return List.of(
                        setsid.toString(),
                        setpriv.toString(),
                        "--pdeathsig",
                        "KILL",
                        "--",
                        // If the parent died before the kernel was asked, there is nobody to be killed with.
                        "/bin/sh",
                        "-c",
                        "[ \"$PPID\" = \"$0\" ] && exec \"$@\"",
                        Long.toString(ProcessHandle.current().pid()));
            }
        }
        throw new IllegalStateException(
                "setsid and setpriv are needed to start processes that never outlive this one: install util-linux");
    }
}
