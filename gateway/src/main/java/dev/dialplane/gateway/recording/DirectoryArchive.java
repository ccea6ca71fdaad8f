package dev.dialplane.gateway.recording;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A directory: a file is there whole, under its name, or not at all. */
final class DirectoryArchive implements Archive {
    private final Path root;

    DirectoryArchive(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    @Override
    public String url(String name) {
        return root.resolve(name).toUri().toString();
    }

    @Override
    public void keep(Path file, String name) throws IOException {
        Path target = root.resolve(name);
        if (!Files.exists(file) && Files.exists(target)) {
            return;
        }
        Path folder = target.getParent();
        if (folder == null) {
            throw new IOException(target + " has no folder");
        }
        Files.createDirectories(folder);
        Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
        force(folder);
    }

    /** The machine's crash does not take back what is in the folder now. */
    static void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public String described() {
        return root.toString();
    }

    @Override
    public void close() {}
}
