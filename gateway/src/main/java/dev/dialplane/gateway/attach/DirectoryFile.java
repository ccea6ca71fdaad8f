package dev.dialplane.gateway.attach;

import dev.dialplane.contracts.control.v1.Snapshot;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** What the operator last told, on disk, so that a gateway that starts while it is away knows pools and agents. */
public final class DirectoryFile {
    private static final Logger LOG = Logger.getLogger(DirectoryFile.class);

    private final Path file;

    /** Kept in that file. */
    public DirectoryFile(Path file) {
        this.file = file;
    }

    /** What was kept; null if nothing was, or nothing that can be read. */
    public @Nullable Snapshot read() {
        try (InputStream in = Files.newInputStream(file)) {
            return Snapshot.parseFrom(in);
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            LOG.warnf("%s cannot be read, and is ignored: %s", file, e.getMessage());
            return null;
        }
    }

    /** Replaces what was kept, at once or not at all. */
    public void write(Snapshot snapshot) {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try {
            Path directory = file.toAbsolutePath().getParent();
            if (directory != null) {
                Files.createDirectories(directory);
            }
            try (OutputStream out = Files.newOutputStream(fresh)) {
                snapshot.writeTo(out);
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.warnf("%s cannot be written: %s; after a restart this gateway may know less", file, e.getMessage());
        }
    }
}
