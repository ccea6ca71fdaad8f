package dev.dialplane.agent.rehearsal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * Makes the JVM's ahead-of-time cache (JEP 514) beside the agent's jar by a rehearsal, unless the one that is there was made
 * of the same jars, flags and JVM.
 */
public final class Training {
    private static final String JAR = "agent-runtime.jar";
    private static final String FLAGS = "agent.flags";
    private static final String CACHE = "agent-runtime.aot";
    private static final String KEY = "agent-runtime.aot.key";

    private Training() {}

    /**
     * Makes it, in another process.
     *
     * @param app the directory that holds the jar, its libraries and its flags
     * @return whether there was anything to do
     * @throws IllegalStateException if the rehearsal failed
     */
    public static boolean train(Path app) throws IOException, InterruptedException {
        String key = key(app);
        Path keyFile = app.resolve(KEY);
        Path cache = app.resolve(CACHE);
        if (Files.exists(cache)
                && Files.exists(keyFile)
                && Files.readString(keyFile).equals(key)) {
            return false;
        }
        Path fresh = Files.createTempFile(app, CACHE, ".new");
        try {
            String java = ProcessHandle.current().info().command().orElse("java");
            Process rehearsal = new ProcessBuilder(
                            java,
                            "@" + app.resolve(FLAGS),
                            "-XX:AOTCacheOutput=" + fresh,
                            "-jar",
                            app.resolve(JAR).toString(),
                            "--rehearse")
                    .inheritIO()
                    .start();
            int status = rehearsal.waitFor();
            if (status != 0 || Files.size(fresh) == 0) {
                throw new IllegalStateException("the rehearsal ended with status " + status);
            }
            Files.move(fresh, cache, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            Files.writeString(keyFile, key);
            return true;
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    /** A digest of all that the cache depends on. */
    private static String key(Path app) throws IOException {
        try (Stream<Path> libraries = Files.list(app.resolve("lib"))) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(System.getProperty("java.vm.version").getBytes(StandardCharsets.UTF_8));
            List<Path> files = Stream.concat(Stream.of(app.resolve(FLAGS), app.resolve(JAR)), libraries.sorted())
                    .toList();
            for (Path file : files) {
                // The JVM, too, looks at a jar's name, size and time.
                digest.update((file.getFileName() + " " + Files.size(file) + " "
                                + Files.getLastModifiedTime(file).toMillis())
                        .getBytes(StandardCharsets.UTF_8));
                try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
                    in.transferTo(java.io.OutputStream.nullOutputStream());
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
