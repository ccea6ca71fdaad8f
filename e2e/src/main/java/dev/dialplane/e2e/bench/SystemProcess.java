package dev.dialplane.e2e.bench;

import dev.dialplane.local.process.Child;
import dev.dialplane.local.process.ChildProcesses;
import dev.dialplane.local.process.Launch;
import dev.dialplane.local.process.Signals;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** The operator or a gateway as it is shipped, in a process of its own that can be killed and started again. */
final class SystemProcess implements AutoCloseable {
    private static final Duration END_LIMIT = Duration.ofSeconds(10);

    private final ChildProcesses children;
    private final Launch launch;
    private final int httpPort;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private Child child;

    /**
     * Starts it.
     *
     * @param module the module whose runner it is
     * @param flags of the JVM
     */
    SystemProcess(
            ChildProcesses children,
            Path checkout,
            String module,
            String name,
            List<String> flags,
            Map<String, String> environment,
            int httpPort,
            Path directory)
            throws IOException {
        Path target = checkout.resolve(module).resolve("target");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC"));
        command.addAll(flags);
        command.addAll(List.of("-jar", target.resolve(module + "-runner.jar").toString()));
        Map<String, String> all = new HashMap<>(environment);
        all.put("PATH", "/usr/bin:/bin");
        all.put("MALLOC_ARENA_MAX", "2");
        all.put("QUARKUS_HTTP_HOST", "127.0.0.1");
        all.put("QUARKUS_HTTP_PORT", Integer.toString(httpPort));
        this.children = children;
        this.httpPort = httpPort;
        this.launch = new Launch(name, command, all, directory, directory.resolve(name + ".log"));
        // A log is of one run; a restart within it goes on in the same file.
        Files.deleteIfExists(launch.log());
        this.child = children.start(launch);
    }

    /** Waits until it says that it is ready. */
    void awaitReady(Duration patience) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + "/q/health/ready"))
                .timeout(Duration.ofSeconds(2))
                .build();
        long deadline = System.nanoTime() + patience.toNanos();
        while (System.nanoTime() < deadline) {
            if (!child.isAlive()) {
                throw new IOException(launch.name() + " ended with exit code "
                        + child.exit().join() + "; its log is " + launch.log());
            }
            try {
                if (http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
                    return;
                }
            } catch (IOException notYet) {
                // Asked again below.
            }
            LockSupport.parkNanos(100_000_000);
        }
        throw new IOException(
                launch.name() + " is not ready after " + patience.toSeconds() + " s; its log is " + launch.log());
    }

    String name() {
        return launch.name();
    }

    long pid() {
        return child.pid();
    }

    /** Ends it with SIGKILL. */
    void kill() {
        child.signal(Signals.KILL);
        child.exit().join();
    }

    /** Starts it again with what it left on disk. */
    void restart() throws IOException {
        child = children.start(launch);
    }

    @Override
    public void close() {
        child.end(END_LIMIT);
        http.shutdownNow();
    }
}
