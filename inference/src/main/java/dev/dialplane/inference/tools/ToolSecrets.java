package dev.dialplane.inference.tools;

import dev.dialplane.contracts.common.v1.Tool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Tools' credentials, as files {@code NAMESPACE.SECRET.KEY} of one directory: a Secret of this process's own namespace,
 * mounted, into which whoever runs the installation puts those that pools may use. This process has no right to read
 * Secrets, and a pool gets none but its own namespace's.
 */
final class ToolSecrets {
    private static final int MAX_BYTES = 8192;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,253}");

    private final Optional<Path> directory;

    ToolSecrets(Optional<Path> directory) {
        this.directory = directory;
    }

    /**
     * A tool's credential, read anew each time; empty for a tool without one.
     *
     * @throws IOException if it is not there; the message says which, and never what is in it
     */
    String of(Tool tool, String namespace) throws IOException {
        if (tool.getSecretName().isEmpty()) {
            return "";
        }
        String name = namespace + "." + tool.getSecretName() + "." + tool.getSecretKey();
        if (!NAME.matcher(name).matches()) {
            throw new IOException("its credential " + name + " has no name that a file can have");
        }
        if (directory.isEmpty()) {
            throw new IOException(
                    "its credential " + name + " is not there: dialplane.inference.tools.secrets-directory is not set");
        }
        Path file = directory.get().resolve(name);
        if (!Files.isReadable(file)) {
            throw new IOException("its credential " + name + " is not in dialplane.inference.tools.secrets-directory");
        }
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException("its credential " + name + " is larger than " + MAX_BYTES + " bytes");
        }
        return Files.readString(file, StandardCharsets.UTF_8).strip();
    }
}
