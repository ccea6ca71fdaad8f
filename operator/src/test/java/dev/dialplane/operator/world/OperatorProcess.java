package dev.dialplane.operator.world;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** The operator as it is shipped, in a process of its own that can be killed. */
public final class OperatorProcess implements AutoCloseable {

    private final String name;
    private final Map<String, String> environment;
    private final String uid = UUID.randomUUID().toString();
    private final Path kubeconfig;
    private final Path log;
    private final String inference;
    private final int http = TestCluster.freePort();
    private final int grpc = TestCluster.freePort();
    private final HttpClient client = HttpClient.newHttpClient();
    private Process process;
    private boolean ready;

    /** Starts one. A pod keeps its UID when its process is started again, and so does this. */
    public OperatorProcess(Path work, String name, Path kubeconfig, String inference) throws IOException {
        this(work, name, kubeconfig, inference, Map.of());
    }

    /** Starts one with variables of its own. */
    public OperatorProcess(Path work, String name, Path kubeconfig, String inference, Map<String, String> environment)
            throws IOException {
        this.environment = environment;
        this.name = name;
        this.kubeconfig = kubeconfig;
        this.inference = inference;
        this.log = work.resolve(name + ".log");
        this.process = run();
    }

    /** Where gateways attach. */
    public int grpcPort() {
        return grpc;
    }

    /** Returns its process id, which another process does not have. */
    public long pid() {
        return process.pid();
    }

    /** Returns whether it runs. */
    public boolean alive() {
        return process.isAlive();
    }

    /** Kills it as the kernel would. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** Asks it to stop, as the kubelet does, and returns once it has. */
    public void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(15, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the operator does not stop; see " + log);
        }
    }

    /** Sends it a signal: STOP and CONT make it one that was away for a while and does not know. */
    public void signal(String signal) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    /** Returns whether it says that it leads. */
    public boolean leads() {
        return process.isAlive() && metric("dialplane_operator_leader", "") == 1;
    }

    /** Starts it again. */
    public void restart() throws IOException {
        ready = false;
        process = run();
        awaitReady();
    }

    /** Returns what it has logged. */
    public String log() throws IOException {
        return Files.readString(log);
    }

    /** Returns the sum of a counter or gauge over its labels that hold the given text; 0 if there is none. */
    public double metric(String name, String labels) {
        double sum = 0;
        Matcher line = Pattern.compile("^" + name + "(\\{[^}]*\\})? ([0-9.E+-]+)$", Pattern.MULTILINE)
                .matcher(metrics());
        while (line.find()) {
            String found = line.group(1) == null ? "" : line.group(1);
            if (found.contains(labels)) {
                sum += Double.parseDouble(line.group(2));
            }
        }
        return sum;
    }

    /** Returns all its meters, as Prometheus reads them. */
    public String metrics() {
        try {
            return client.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + http + "/q/metrics"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(15, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Process run() throws IOException {
        Path jar = TestCluster.repository().resolve("operator/target/operator-runner.jar");
        if (!Files.exists(jar)) {
            throw new IllegalStateException(jar + " is missing: these tests run after the package phase (mvn verify)");
        }
        ProcessBuilder command = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-jar",
                jar.toString());
        command.environment().putAll(environment);
        command.environment().put("KUBECONFIG", kubeconfig.toString());
        command.environment().put("DIALPLANE_POD_NAME", name);
        command.environment().put("DIALPLANE_POD_UID", uid);
        command.environment().put("DIALPLANE_POD_NAMESPACE", TestCluster.SYSTEM);
        command.environment().put("DIALPLANE_POD_IP", "127.0.0.1");
        command.environment().put("QUARKUS_HTTP_PORT", Integer.toString(http));
        command.environment().put("QUARKUS_GRPC_SERVER_PORT", Integer.toString(grpc));
        command.environment().put("DIALPLANE_OPERATOR_INFERENCE", inference);
        // What takes a minute in earnest would be a minute of each test.
        command.environment().put("DIALPLANE_OPERATOR_LOST_AFTER", "2s");
        return command.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    /** Waits until it is ready. */
    public void awaitReady() {
        if (ready) {
            return;
        }
        Awaitility.await("the operator, which logs to " + log)
                .atMost(Duration.ofSeconds(90))
                .ignoreExceptionsMatching(failure -> process.isAlive())
                .until(() -> client.send(
                                        HttpRequest.newBuilder(
                                                        URI.create("http://127.0.0.1:" + http + "/q/health/ready"))
                                                .build(),
                                        HttpResponse.BodyHandlers.ofString())
                                .statusCode()
                        == 200);
        ready = true;
    }
}
