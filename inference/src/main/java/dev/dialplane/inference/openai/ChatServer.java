package dev.dialplane.inference.openai;

import dev.dialplane.inference.failure.ModelException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** A server of the chat completions protocol. */
final class ChatServer {
    static final String PROVIDER = "openai";

    private static final int OK = 200;
    private static final int BAD_REQUEST = 400;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int UNPROCESSABLE = 422;
    private static final int TOO_MANY = 429;
    private static final Duration CONNECT = Duration.ofSeconds(2);
    /** Beyond every pool's slowModel.giveUp: a request that nobody gave up on, but should have. */
    private static final Duration HEADERS = Duration.ofMinutes(2);

    private static final int MAX_KEY_BYTES = 8192;

    private final URI completions;
    private final Optional<Path> keyFile;
    private final HttpClient http;

    /**
     * A server.
     *
     * @param url under which {@code chat/completions} is, such as {@code http://vllm:8000/v1}
     * @param keyFile holds the key; read for every request, so that a rotated Secret counts at once
     */
    ChatServer(URI url, Optional<Path> keyFile) {
        String base = url.toString();
        completions = URI.create(base + (base.endsWith("/") ? "" : "/") + "chat/completions");
        this.keyFile = keyFile;
        http = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                // Over plain HTTP the client would ask to upgrade, which some servers do not take.
                .version("https".equals(url.getScheme()) ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /** What the server refuses in a request that it might take in a plainer form. */
    static final class NotTakenException extends Exception {
        private static final long serialVersionUID = 1;

        NotTakenException(int status) {
            super("status " + status);
        }
    }

    /**
     * Asks for a completion. Blocks until the answer begins; an interrupt gives the request up, and closes its connection.
     *
     * @return the stream of events, to be closed
     * @throws NotTakenException if the server does not take the request as it is
     * @throws ModelException if it does not serve
     */
    InputStream open(String model, String body) throws NotTakenException, InterruptedException {
        try {
            return attempt(model, body);
        } catch (HttpTimeoutException e) {
            throw ModelException.providerDown(PROVIDER, model, "it can't be reached: " + e);
        } catch (IOException first) {
            // A kept connection that the server has closed meanwhile looks just so; nothing of the reply has come.
            try {
                return attempt(model, body);
            } catch (IOException e) {
                throw ModelException.providerDown(PROVIDER, model, "it can't be reached: " + e);
            }
        }
    }

    private InputStream attempt(String model, String body) throws IOException, NotTakenException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(completions)
                .timeout(HEADERS)
                .header("Content-Type", "application/json")
                .header("Accept", "text/event-stream")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (keyFile.isPresent()) {
            request.header("Authorization", "Bearer " + key(keyFile.get()));
        }
        CompletableFuture<HttpResponse<InputStream>> pending =
                http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        HttpResponse<InputStream> response;
        try {
            response = pending.get();
        } catch (InterruptedException e) {
            pending.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        }
        if (response.statusCode() == OK) {
            return response.body();
        }
        response.body().close();
        switch (response.statusCode()) {
            case BAD_REQUEST, UNPROCESSABLE -> throw new NotTakenException(response.statusCode());
            case UNAUTHORIZED, FORBIDDEN ->
                throw ModelException.providerDown(
                        PROVIDER, model, "it refuses the key (status " + response.statusCode() + ")");
            case NOT_FOUND -> throw ModelException.providerDown(PROVIDER, model, "it has no such model (status 404)");
            case TOO_MANY -> throw ModelException.providerDown(PROVIDER, model, "it has too much to do (status 429)");
            default ->
                throw ModelException.providerDown(PROVIDER, model, "it answered with status " + response.statusCode());
        }
    }

    private static String key(Path file) throws IOException {
        if (Files.size(file) > MAX_KEY_BYTES) {
            throw new IOException("dialplane.inference.openai.key-file is larger than " + MAX_KEY_BYTES + " bytes");
        }
        return Files.readString(file, StandardCharsets.UTF_8).strip();
    }
}
