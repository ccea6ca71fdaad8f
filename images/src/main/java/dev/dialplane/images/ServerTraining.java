package dev.dialplane.images;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Has a server make its ahead-of-time cache (JEP 514): it is started as in its image until it listens, and ended as a kubelet
 * ends it. That is where its time goes when all processes of a system are rolled out at once; what it does for calls is
 * compiled by the JVM as in any long-lived process.
 */
final class ServerTraining {
    private static final long MINUTES = 3;

    /** Listens where nobody looks for it, and finds no Kubernetes API, whatever the machine that builds has. */
    private static final List<String> ALONE = List.of(
            "-Dquarkus.http.host=127.0.0.1",
            "-Dquarkus.http.port=0",
            "-Dquarkus.grpc.server.host=127.0.0.1",
            "-Dquarkus.grpc.server.port=0",
            "-Dkubernetes.disable.autoConfig=true",
            "-Dkubernetes.master=https://127.0.0.1:1");

    private ServerTraining() {}

    /**
     * Trains.
     *
     * @param root the staged image: java, libraries and process
     * @param module the server
     * @param cache the file to make
     * @throws IOException if the server does not start, does not end, or leaves no cache; with what it printed
     */
    static void train(Path root, String module, Path cache) throws IOException {
        Path scratch = root.resolve("training");
        Path app = scratch.resolve("app");
        Staging.layOutApp(root, app);
        Path fresh = scratch.resolve(module + ".aot");
        String printed = startAndEnd(root.resolve("java"), app, List.of("-XX:AOTCacheOutput=" + fresh), module);
        if (!Files.exists(fresh)) {
            throw new IOException(module + " left no cache: " + printed);
        }
        Staging.copyFile(fresh, cache);
        Staging.delete(scratch);
    }

    /**
     * Starts a server until it listens, and ends it.
     *
     * @param java its Java runtime
     * @param app the directory with its jar, flags and libraries; it works in there
     * @param options for the JVM
     * @return what it printed
     * @throws IOException if it ends before it listens, or does not end
     */
    static String startAndEnd(Path java, Path app, List<String> options, String module) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(java.resolve("bin/java").toString(), "@" + app.resolve(module + ".flags")));
        command.addAll(options);
        command.addAll(ALONE);
        command.addAll(List.of("-jar", app.resolve(module + "-runner.jar").toString()));
        Process server = new ProcessBuilder(command)
                .directory(app.toFile())
                .redirectErrorStream(true)
                .start();
        StringBuilder printed = new StringBuilder();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8))) {
            boolean listens = false;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                printed.append(line).append('\n');
                if (line.contains("Listening on: ")) {
                    listens = true;
                    // By its handle: Process.destroy would close what it goes on to print.
                    server.toHandle().destroy();
                }
            }
            if (!server.waitFor(MINUTES, TimeUnit.MINUTES) || !listens) {
                throw new IOException(module + (listens ? " did not end: " : " did not start: ") + printed);
            }
            return printed.toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            server.destroyForcibly();
        }
    }
}
