package dev.dialplane.e2e.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** The API server's audit log: every write there was. */
final class AuditLog {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path file;
    private final KubernetesClient client;
    private long offset;
    private int marks;

    AuditLog(Path file, KubernetesClient client) {
        this.file = file;
        this.client = client;
    }

    /** One write. */
    record Write(String user, String verb, String resource, String namespace, String name, int code, Instant at) {
        /** Like {@code patch callsessions/status}. */
        String kind() {
            return verb + " " + resource;
        }
    }

    /**
     * What was written since the last call. The log is behind the answers: a mark is written, and the log is read until
     * it shows.
     */
    List<Write> sinceLast() throws IOException {
        String mark = "bench-mark-" + ++marks;
        client.configMaps()
                .inNamespace("default")
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName(mark)
                        .endMetadata()
                        .build())
                .create();
        List<Write> writes = new ArrayList<>();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            for (Write write : read()) {
                if (write.name().equals(mark)) {
                    return writes;
                }
                writes.add(write);
            }
            if (System.nanoTime() > deadline) {
                throw new IOException("the audit log " + file + " does not show a write of " + PATIENCE.toSeconds()
                        + " s ago; was it rotated?");
            }
            LockSupport.parkNanos(50_000_000);
        }
    }

    /** The whole lines since the last call. */
    private List<Write> read() throws IOException {
        byte[] bytes;
        try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
            log.seek(offset);
            bytes = new byte[(int) Math.min(Integer.MAX_VALUE - 8, log.length() - offset)];
            log.readFully(bytes);
        }
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] != '\n') {
            end--;
        }
        offset += end;
        List<Write> writes = new ArrayList<>();
        for (String line : new String(bytes, 0, end, StandardCharsets.UTF_8).split("\n")) {
            if (!line.isEmpty()) {
                writes.add(parse(JSON.readTree(line)));
            }
        }
        return writes;
    }

    static Write parse(JsonNode event) {
        JsonNode object = event.path("objectRef");
        String subresource = object.path("subresource").asText("");
        return new Write(
                event.path("user").path("username").asText(""),
                event.path("verb").asText(""),
                object.path("resource").asText("") + (subresource.isEmpty() ? "" : "/" + subresource),
                object.path("namespace").asText(""),
                object.path("name").asText(""),
                event.path("responseStatus").path("code").asInt(),
                Instant.parse(event.path("requestReceivedTimestamp").asText()));
    }
}
