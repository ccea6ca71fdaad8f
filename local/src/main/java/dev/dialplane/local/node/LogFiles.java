package dev.dialplane.local.node;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Keeps the log files of a directory from growing without end. Processes write into them directly, opened for appending,
 * so that a full file can be copied and emptied under them; what is written between the two is lost.
 */
final class LogFiles implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(LogFiles.class.getName());
    static final long MOST_BYTES = 50L * 1024 * 1024;
    private static final Duration PERIOD = Duration.ofSeconds(5);

    private final Path directory;
    private final long mostBytes;
    private final Thread thread;

    LogFiles(Path directory, long mostBytes) {
        this.directory = directory;
        this.mostBytes = mostBytes;
        this.thread = Thread.ofVirtual().name("log rotation").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(PERIOD);
                rotateFull();
            }
        } catch (InterruptedException e) {
            return; // closed
        }
    }

    /** Moves the content of each file that is full to a file of its name with {@code .1} added. */
    void rotateFull() {
        try (var files = Files.newDirectoryStream(directory, "*_*_*.log")) {
            for (Path file : files) {
                if (Files.size(file) > mostBytes) {
                    Files.copy(
                            file, file.resolveSibling(file.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
                    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                        channel.truncate(0);
                    }
                }
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "logs in " + directory + " can't be rotated", e);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
