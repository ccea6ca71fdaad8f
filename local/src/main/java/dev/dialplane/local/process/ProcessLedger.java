package dev.dialplane.local.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A file that lists the processes somebody started, so that another command can end them later. Each line holds a pid,
 * the process's start time in clock ticks since boot and a name; the first line names the boot. A pid is used again by
 * unrelated programs, so a process counts as the recorded one only if its start time is the same.
 */
public final class ProcessLedger {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final Duration POLL = Duration.ofMillis(20);

    private final Path file;

    private ProcessLedger(Path file) {
        this.file = file;
    }

    /** One recorded process. {@code startTicks} is field 22 of {@code /proc/PID/stat}, see proc_pid_stat(5). */
    public record Entry(long pid, long startTicks, String name) {
        /** Whether this very process still runs. */
        public boolean isAlive() {
            return startOf(pid).filter(ticks -> ticks == startTicks).isPresent();
        }
    }

    /** Starts a new, empty list in a file, replacing what is there. */
    public static ProcessLedger create(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, "boot " + bootId() + "\n");
        return new ProcessLedger(file);
    }

    /** Adds a process that runs; one that has ended already is left out. */
    public synchronized void record(long pid, String name) {
        startOf(pid).ifPresent(ticks -> append(pid + " " + ticks + " " + name.replaceAll("\\s+", "_") + "\n"));
    }

    private void append(String line) {
        try {
            Files.writeString(file, line, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " can't be written", e);
        }
    }

    /** The recorded processes that still run, oldest first; none if there is no such file or the machine was booted since. */
    public static List<Entry> alive(Path file) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return List.of();
        }
        if (lines.isEmpty() || !lines.getFirst().equals("boot " + bootId())) {
            return List.of();
        }
        return lines.stream()
                .skip(1)
                .flatMap(line -> parse(line).stream())
                .filter(Entry::isAlive)
                .toList();
    }

    static Optional<Entry> parse(String line) {
        String[] parts = line.split(" ", 3);
        if (parts.length != 3) {
            return Optional.empty(); // cut short by a kill while it was written
        }
        try {
            return Optional.of(new Entry(Long.parseLong(parts[0]), Long.parseLong(parts[1]), parts[2]));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /**
     * Ends what the file lists and still runs. The first entry, the one that started the others, is asked first and is
     * given {@code grace} to end them itself; what is left is asked youngest first, then killed.
     *
     * @return how many processes were found running
     */
    public static int endAll(Path file, Duration grace, Consumer<String> say) throws IOException, InterruptedException {
        List<Entry> found = alive(file);
        if (found.isEmpty()) {
            return 0;
        }
        Entry parent = found.getFirst();
        say.accept("asking " + parent.name() + " (pid " + parent.pid() + ") to end");
        Signals.TERM.send(parent.pid());
        if (!awaitEnd(List.of(parent), grace)) {
            say.accept(parent.name() + " did not end in " + grace.toSeconds() + " s and is killed");
            Signals.KILL.send(parent.pid());
        }
        List<Entry> left = new ArrayList<>(alive(file).reversed());
        for (Entry entry : left) {
            say.accept("ending " + entry.name() + " (pid " + entry.pid() + ")");
            Signals.TERM.send(entry.pid());
        }
        if (!awaitEnd(left, Duration.ofSeconds(5))) {
            left.stream().filter(Entry::isAlive).forEach(entry -> Signals.KILL.send(entry.pid()));
            awaitEnd(left, Duration.ofSeconds(5));
        }
        return found.size();
    }

    private static boolean awaitEnd(List<Entry> entries, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (entries.stream().anyMatch(Entry::isAlive)) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            Thread.sleep(POLL);
        }
        return true;
    }

    /** When a process started, in clock ticks since boot; empty if it does not run (a zombie has ended). */
    static Optional<Long> startOf(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
            // The second field, the command in parentheses, may hold spaces and parentheses itself.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return fields[0].equals("Z") || fields[0].equals("X")
                    ? Optional.empty()
                    : Optional.of(Long.parseLong(fields[19]));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static String bootId() throws IOException {
        return Files.readString(BOOT_ID).strip();
    }
}
