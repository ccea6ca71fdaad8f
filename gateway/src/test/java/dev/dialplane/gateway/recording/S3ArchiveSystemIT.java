package dev.dialplane.gateway.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real client, with a server of our own that knows of the protocol what an upload needs. */
class S3ArchiveSystemIT {
    private static final String NAME = "2026-11-29/shop/desk/call1.wav";

    @TempDir
    private Path directory;

    private record Put(String method, String path, String authorization, String md5, String type, byte[] body) {}

    private final List<Put> puts = new CopyOnWriteArrayList<>();
    private volatile int status = 200;
    private HttpServer server;
    private S3Archive archive;
    private Path file;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", exchange -> {
            var headers = exchange.getRequestHeaders();
            puts.add(new Put(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().getPath(),
                    headers.getFirst("Authorization"),
                    headers.getFirst("Content-MD5"),
                    headers.getFirst("Content-Type"),
                    exchange.getRequestBody().readAllBytes()));
            byte[] answer = status == 200
                    ? new byte[0]
                    : "<Error><Code>SlowDown</Code><Message>later</Message></Error>".getBytes();
            exchange.sendResponseHeaders(status, answer.length == 0 ? -1 : answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        Files.writeString(directory.resolve("access-key-id"), "AKIDEXAMPLE\n");
        Files.writeString(directory.resolve("secret-access-key"), "secret\n");
        file = directory.resolve("call1.wav");
        Files.write(file, new byte[100_000]);
        archive = new S3Archive(new RecordingSettings.Bucket(
                "calls",
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
                "ap-south-1",
                "prefix/",
                directory));
    }

    @AfterEach
    void stop() {
        archive.close();
        server.stop(0);
    }

    @Test
    void aFileIsPutUnderItsNameSignedAndWithItsDigest() throws Exception {
        archive.keep(file, NAME);

        byte[] bytes = Files.readAllBytes(file);
        String md5 = Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance("MD5").digest(bytes));
        assertThat(puts).singleElement().satisfies(put -> {
            assertThat(put.method()).isEqualTo("PUT");
            assertThat(put.path()).isEqualTo("/calls/prefix/" + NAME);
            assertThat(put.authorization())
                    .startsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
                    .contains("/ap-south-1/s3/aws4_request", "content-md5", "Signature=");
            assertThat(put.md5()).isEqualTo(md5);
            assertThat(put.type()).isEqualTo("audio/wav");
            assertThat(put.body()).isEqualTo(bytes);
        });
        assertThat(archive.url(NAME)).isEqualTo("s3://calls/prefix/" + NAME);
    }

    @Test
    void aRotatedKeyCountsAtOnce() throws Exception {
        archive.keep(file, NAME);
        Files.writeString(directory.resolve("access-key-id"), "AKIDROTATED");
        archive.keep(file, NAME);
        assertThat(puts.getLast().authorization()).contains("Credential=AKIDROTATED/");
    }

    @Test
    void aServerThatRefusesIsForTheCallerToAskAgain() {
        status = 503;
        assertThatThrownBy(() -> archive.keep(file, NAME)).isInstanceOf(IOException.class);
        assertThat(puts).as("not tried again here").hasSize(1);
        assertThat(file).exists();
    }

    @Test
    void withoutAKeyNothingIsSent() throws Exception {
        Files.delete(directory.resolve("secret-access-key"));
        assertThatThrownBy(() -> archive.keep(file, NAME))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("secret-access-key");
        assertThat(puts).isEmpty();
    }
}
