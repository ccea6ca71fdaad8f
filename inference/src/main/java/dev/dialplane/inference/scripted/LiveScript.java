package dev.dialplane.inference.scripted;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A script's file as it is now: read again when another one is in its place, so that whoever writes it says while a call is
 * on what was spoken and how fast models are. A file that cannot be read, or is no script, changes nothing. Looks at the
 * file's attributes each time that it is asked. Safe for many threads.
 */
final class LiveScript {
    private static final Logger LOG = Logger.getLogger(LiveScript.class);

    /** What tells one version of the file from another. */
    private record Version(
            FileTime modified, long size, @Nullable Object key) {
        static Version of(Path file) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Version(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
        }
    }

    private final Path file;
    /** Guarded by this. */
    private Version version;
    /** Guarded by this. */
    private Script script;

    /**
     * The file, which is read at once.
     *
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if it is no script
     */
    LiveScript(Path file) throws IOException {
        this.file = file;
        version = Version.of(file);
        script = read();
    }

    private Script read() throws IOException {
        if (Files.size(file) > ScriptReader.MAX_BYTES) {
            throw new IllegalArgumentException(
                    file + ": it has " + Files.size(file) + " bytes, allowed are " + ScriptReader.MAX_BYTES);
        }
        return ScriptReader.read(file.toString(), Files.readAllBytes(file));
    }

    /** The script. */
    synchronized Script now() {
        try {
            Version found = Version.of(file);
            if (!found.equals(version)) {
                version = found;
                script = read();
            }
        } catch (IOException | IllegalArgumentException e) {
            LOG.warnf("the script stays as it was: %s", e.getMessage());
        }
        return script;
    }
}
