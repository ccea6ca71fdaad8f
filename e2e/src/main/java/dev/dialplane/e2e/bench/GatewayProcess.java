package dev.dialplane.e2e.bench;

import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.local.files.Trees;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A gateway in a process of its own, with nothing around it but the operator it is told of. */
final class GatewayProcess implements AutoCloseable {
    private final Process process;
    private final int httpPort;
    private final int devPort;
    private final Path log;

    private GatewayProcess(Process process, int httpPort, int devPort, Path log) {
        this.process = process;
        this.httpPort = httpPort;
        this.devPort = devPort;
        this.log = log;
    }

    static GatewayProcess start(Path out, String operator) throws IOException {
        Path data = out.resolve("data").toAbsolutePath();
        Trees.delete(data);
        Files.createDirectories(data);
        Path key = Files.writeString(out.resolve("key"), "a key of one benchmark, known to nobody else");
        Path token = Files.writeString(out.resolve("token"), "bench");
        Path log = out.resolve("gateway.log");
        int http = freePort();
        int dev = freePort();
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + Path.of("gateway/src/main/jvm/gateway.flags").toAbsolutePath(),
                "-jar",
                Path.of("gateway/target/gateway-runner.jar").toAbsolutePath().toString());
        Map<String, String> environment = builder.environment();
        // As in its image.
        environment.put("MALLOC_ARENA_MAX", "2");
        environment.put("QUARKUS_HTTP_HOST", "127.0.0.1");
        environment.put("QUARKUS_HTTP_PORT", Integer.toString(http));
        environment.put("DIALPLANE_GATEWAY_DEV_LISTENER", "127.0.0.1:" + dev);
        environment.put("DIALPLANE_GATEWAY_OPERATOR", operator);
        environment.put("DIALPLANE_GATEWAY_TOKEN_FILE", token.toAbsolutePath().toString());
        environment.put("DIALPLANE_GATEWAY_TOKEN_KEY_FILE", key.toAbsolutePath().toString());
        environment.put("DIALPLANE_GATEWAY_DATA_DIR", data.toString());
        // Simulated agents send a heartbeat every 20 s.
        environment.put("DIALPLANE_GATEWAY_CALL_AGENT_SILENCE", "1m");
        Process process =
                builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        return new GatewayProcess(process, http, dev, log);
    }

    /** Its process. */
    long pid() {
        return process.pid();
    }

    /** Where a media socket without a token is taken. */
    URI socket(PoolRef pool) {
        return URI.create("ws://127.0.0.1:%d/twilio/%s/%s".formatted(devPort, pool.getNamespace(), pool.getName()));
    }

    /**
     * Waits until it says that it is ready.
     *
     * @throws IOException if it ended or takes longer than {@code patience}
     */
    void awaitReady(Duration patience) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + "/q/health/ready"))
                .timeout(Duration.ofSeconds(2))
                .build();
        long deadline = System.nanoTime() + patience.toNanos();
        try (HttpClient http = HttpClient.newHttpClient()) {
            while (System.nanoTime() < deadline) {
                if (!process.isAlive()) {
                    throw new IOException("the gateway ended with " + process.exitValue() + "; its log is " + log);
                }
                try {
                    if (http.send(request, HttpResponse.BodyHandlers.discarding())
                                    .statusCode()
                            == 200) {
                        return;
                    }
                } catch (IOException notYet) {
                    // Asked again below.
                }
                Thread.sleep(100);
            }
        }
        throw new IOException("the gateway is not ready after " + patience.toSeconds() + " s; its log is " + log);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
