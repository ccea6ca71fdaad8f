package dev.dialplane.gateway.carrier.twilio;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The auth tokens whose signatures are believed: one a line of a file, or of each file of a directory as Kubernetes mounts
 * a Secret. Looked at again every few seconds, so that a token can be replaced while calls go on.
 */
public final class AuthTokens {
    private static final Logger LOG = Logger.getLogger(AuthTokens.class);
    private static final long FRESH = Duration.ofSeconds(10).toNanos();

    private final @Nullable Path path;
    private List<String> tokens = List.of();
    private long readAt;

    /** From that file or directory; none at all if it is null. */
    public AuthTokens(@Nullable Path path) {
        this.path = path;
        readAt = System.nanoTime() - 2 * FRESH;
    }

    /** The tokens; empty if there are none, and then nothing is believed. */
    public synchronized List<String> current() {
        long now = System.nanoTime();
        if (path != null && now - readAt > FRESH) {
            readAt = now;
            try {
                tokens = read(path);
            } catch (IOException e) {
                LOG.errorf("the auth tokens in %s cannot be read: %s", path, e.getMessage());
            }
        }
        return tokens;
    }

    private static List<String> read(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return lines(path);
        }
        List<String> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(path)) {
            for (Path file : files.toList()) {
                // A mounted Secret keeps its links in files that begin with two dots.
                if (Files.isRegularFile(file) && !file.getFileName().toString().startsWith(".")) {
                    all.addAll(lines(file));
                }
            }
        }
        return List.copyOf(all);
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.readString(file)
                .lines()
                .map(String::strip)
                .filter(l -> !l.isEmpty())
                .toList();
    }
}
