package dev.dialplane.images;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A Java runtime with the modules that a process needs, and no others. */
final class JavaRuntime {
    /** What an agent needs: gRPC over its own HTTP/2, protobuf, logging. */
    static final List<String> AGENT = List.of("java.base", "java.logging", "java.naming", "jdk.unsupported");

    /** What a Quarkus application needs besides: beans, HTTP client, monitoring, XML readers, zipped file systems. */
    static final List<String> SERVER = List.of(
            "java.base",
            "java.desktop",
            "java.instrument",
            "java.logging",
            "java.management",
            "java.naming",
            "java.net.http",
            "java.security.jgss",
            "java.sql",
            "java.xml",
            "jdk.crypto.ec",
            "jdk.jfr",
            "jdk.management",
            "jdk.naming.dns",
            "jdk.net",
            "jdk.unsupported",
            "jdk.zipfs");

    private JavaRuntime() {}

    /**
     * Links a runtime of this JVM's own version, without the JDK's own class data archive: each process has a cache that
     * replaces it.
     *
     * @param javaHome the JDK
     * @param target a directory that is not there yet
     */
    static void link(Path javaHome, List<String> modules, Path target) throws IOException {
        Commands.run(List.of(
                javaHome.resolve("bin/jlink").toString(),
                "--add-modules",
                String.join(",", modules),
                "--strip-java-debug-attributes",
                "--no-header-files",
                "--no-man-pages",
                "--compress=zip-0",
                "--output",
                target.toString()));
        Staging.setTimes(target);
    }
}
