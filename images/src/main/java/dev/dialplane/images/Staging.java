package dev.dialplane.images;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.function.Predicate;

/**
 * Directories laid out as an image has them, with the one time that every file of an image has: an archive with
 * today's time is another archive tomorrow.
 */
final class Staging {
    /** One second after the epoch: zero is taken for "unknown" by some. */
    static final Instant TIME = Instant.ofEpochSecond(1);

    private Staging() {}

    /** Copies a file, or what a symbolic link stands for. */
    static void copyFile(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        Files.copy(from.toRealPath(), to, StandardCopyOption.REPLACE_EXISTING);
        setTime(to);
    }

    /** Copies the files below a directory that are wanted, by their path relative to it. */
    static void copyTree(Path from, Path to, Predicate<Path> wanted) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                Path relative = from.relativize(file);
                if (wanted.test(relative)) {
                    copyFile(file, to.resolve(relative.toString()));
                }
            }
        }
    }

    /** Puts a staged image's process and libraries where they run from while a cache is trained. */
    static void layOutApp(Path root, Path app) throws IOException {
        copyTree(root.resolve("process"), app, _ -> true);
        copyTree(root.resolve("libraries"), app.resolve("lib"), _ -> true);
    }

    /** Gives every file below a directory the time that it has in an image. */
    static void setTimes(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                setTime(file);
            }
        }
    }

    private static void setTime(Path file) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(TIME));
    }

    /** Deletes a directory with all that is in it, if it is there. */
    static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, java.io.IOException failure) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
