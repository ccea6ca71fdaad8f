package dev.dialplane.inference.tools;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.dialplane.contracts.common.v1.Tool;
import dev.dialplane.contracts.inference.v1.InvokeRequest;
import dev.dialplane.contracts.inference.v1.InvokeResponse;
import dev.dialplane.inference.InferenceConfig;
import dev.dialplane.inference.call.Caller;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.timing.Cancellable;
import dev.dialplane.inference.timing.Timers;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/**
 * Calls a pool's tools: {@code POST} with the arguments as a JSON object, the idempotency key in {@code Idempotency-Key},
 * and the tool's credential as a bearer token. What it answers goes to the model as it is.
 *
 * <p>A repeated key gets what the first one got, or waits for it, also if it comes from another agent that has taken the
 * call over; the tool itself sees the key again where this process has forgotten it. A call's end does not stop a tool that
 * runs: it may have done its work.
 */
@ApplicationScoped
public class HttpTools {
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration USUAL = Duration.ofSeconds(8);
    private static final Duration MOST = Duration.ofSeconds(30);
    private static final Duration BEFORE_RETRY = Duration.ofMillis(200);
    private static final int MAX_ARGUMENTS = 16_384;
    private static final int MAX_KEY = 200;
    /** What is longer no model reads out on the phone; a call's checkpoint holds its results. */
    private static final int MAX_ANSWER_BYTES = 16_384;

    private static final int REMEMBERED = 4096;
    private static final int TOO_MANY = 429;
    private static final int SERVER_ERROR = 500;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Destinations destinations;
    private final ToolSecrets secrets;
    private final Timers timers;
    private final HttpClient http;
    /** In order of use. Guarded by itself. */
    private final Map<String, CompletableFuture<InvokeResponse>> byKey = new LinkedHashMap<>(16, 0.75f, true);

    @Inject
    public HttpTools(InferenceConfig config, Timers timers) {
        this(
                new Destinations(config.tools().privateHosts().orElse(List.of())),
                new ToolSecrets(config.tools().secretsDirectory()),
                timers);
    }

    HttpTools(Destinations destinations, ToolSecrets secrets, Timers timers) {
        this.destinations = destinations;
        this.secrets = secrets;
        this.timers = timers;
        http = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .version(HttpClient.Version.HTTP_1_1)
                .build();
    }

    /**
     * Calls a tool. Blocks until it has answered.
     *
     * @param tools those of the pool
     * @throws ModelException INVALID_ARGUMENT or NOT_FOUND for a request that is wrong, UNAVAILABLE or DEADLINE_EXCEEDED for a
     *     tool that cannot be reached
     */
    public InvokeResponse invoke(InvokeRequest request, List<Tool> tools, Caller caller) throws InterruptedException {
        if (caller.attempt() == 0) {
            throw ModelException.badToken("tools are for calls; it is not a call's");
        }
        Tool tool = tools.stream()
                .filter(each -> each.getName().equals(request.getName()))
                .findFirst()
                .orElseThrow(() -> ModelException.badRequest(
                        "name",
                        request.getName(),
                        tools.stream().map(Tool::getName).toList().toString()));
        check(request);
        String key = caller.id() + "/" + request.getIdempotencyKey();
        CompletableFuture<InvokeResponse> mine = new CompletableFuture<>();
        CompletableFuture<InvokeResponse> known = remembered(key, mine);
        if (known == mine) {
            try {
                mine.complete(run(request, tool, caller));
            } catch (ModelException e) {
                forget(key, mine);
                mine.completeExceptionally(e);
            } catch (InterruptedException | RuntimeException e) {
                forget(key, mine);
                mine.completeExceptionally(ModelException.of(e, "tool " + tool.getName()));
                throw e;
            }
        }
        try {
            return known.get();
        } catch (ExecutionException e) {
            throw ModelException.of(e.getCause() == null ? e : e.getCause(), "tool " + tool.getName());
        }
    }

    private static void check(InvokeRequest request) {
        String arguments = request.getArgumentsJson();
        if (arguments.length() > MAX_ARGUMENTS) {
            throw ModelException.badRequest(
                    "arguments_json", arguments.length() + " characters", "at most " + MAX_ARGUMENTS);
        }
        boolean object;
        try {
            object = JSON.readTree(arguments).isObject();
        } catch (JsonProcessingException e) {
            object = false;
        }
        if (!object) {
            throw ModelException.badRequest("arguments_json", "something else", "a JSON object");
        }
        String key = request.getIdempotencyKey();
        if (key.isEmpty() || key.length() > MAX_KEY || !key.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw ModelException.badRequest(
                    "idempotency_key", key.length() + " characters", "1 to " + MAX_KEY + " visible ASCII characters");
        }
    }

    private CompletableFuture<InvokeResponse> remembered(String key, CompletableFuture<InvokeResponse> mine) {
        synchronized (byKey) {
            CompletableFuture<InvokeResponse> known = byKey.putIfAbsent(key, mine);
            Iterator<CompletableFuture<InvokeResponse>> oldest = byKey.values().iterator();
            while (byKey.size() > REMEMBERED && oldest.hasNext()) {
                if (oldest.next().isDone()) {
                    oldest.remove();
                }
            }
            return known == null ? mine : known;
        }
    }

    private void forget(String key, CompletableFuture<InvokeResponse> mine) {
        synchronized (byKey) {
            byKey.remove(key, mine);
        }
    }

    private InvokeResponse run(InvokeRequest request, Tool tool, Caller caller) throws InterruptedException {
        long begun = timers.nanos();
        Duration most = request.getTimeoutMs() == 0 ? USUAL : Duration.ofMillis(request.getTimeoutMs());
        long deadline = begun + (most.compareTo(MOST) > 0 ? MOST : most).toNanos();
        InvokeResponse.Builder response;
        try {
            HttpRequest.Builder http = prepared(request, tool, caller);
            response = answered(http, deadline);
        } catch (TimeoutException e) {
            throw ModelException.tooSlow("tool", tool.getName(), Duration.ofNanos(timers.nanos() - begun));
        } catch (IOException e) {
            throw ModelException.providerDown("tool", tool.getName(), String.valueOf(e.getMessage()));
        }
        return response.setTookMs(timers.millisSince(begun)).build();
    }

    private HttpRequest.Builder prepared(InvokeRequest request, Tool tool, Caller caller) throws IOException {
        URI uri;
        try {
            uri = URI.create(tool.getUrl());
        } catch (IllegalArgumentException e) {
            throw ModelException.badRequest("tool.url", tool.getUrl(), "an http or https address");
        }
        if (uri.getHost() == null || uri.getUserInfo() != null) {
            throw ModelException.badRequest("tool.url", tool.getUrl(), "an http or https address, without a password");
        }
        String refusal = destinations.refusal(uri.getHost(), InetAddress::getAllByName);
        if (!refusal.isEmpty()) {
            throw ModelException.providerDown("tool", tool.getName(), refusal);
        }
        HttpRequest.Builder http = HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, text/plain")
                .header("Idempotency-Key", caller.id() + "-" + request.getIdempotencyKey())
                .POST(HttpRequest.BodyPublishers.ofString(request.getArgumentsJson()));
        String credential = secrets.of(tool, caller.namespace());
        if (!credential.isEmpty()) {
            http.header("Authorization", "Bearer " + credential);
        }
        return http;
    }

    /** Once more where the connection broke or the tool has too much to do, if there is time: it knows the key. */
    private InvokeResponse.Builder answered(HttpRequest.Builder http, long deadline)
            throws IOException, InterruptedException, TimeoutException {
        InvokeResponse.Builder first = null;
        IOException failure = null;
        try {
            HttpResponse<InputStream> response = sent(http, deadline);
            first = read(response, deadline);
            if (response.statusCode() < SERVER_ERROR && response.statusCode() != TOO_MANY) {
                return first;
            }
        } catch (IOException e) {
            failure = e;
        }
        if (deadline - timers.nanos() > 2 * BEFORE_RETRY.toNanos()) {
            Thread.sleep(BEFORE_RETRY);
            return read(sent(http, deadline), deadline);
        }
        if (failure != null) {
            throw failure;
        }
        return Objects.requireNonNull(first);
    }

    private HttpResponse<InputStream> sent(HttpRequest.Builder http, long deadline)
            throws IOException, InterruptedException, TimeoutException {
        long left = deadline - timers.nanos();
        if (left <= 0) {
            throw new TimeoutException();
        }
        try {
            return this.http.send(
                    http.timeout(Duration.ofNanos(left)).build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (HttpConnectTimeoutException e) {
            throw new IOException("it can't be reached within " + CONNECT.toSeconds() + " s", e);
        } catch (HttpTimeoutException e) {
            throw new TimeoutException();
        }
    }

    private InvokeResponse.Builder read(HttpResponse<InputStream> response, long deadline)
            throws IOException, TimeoutException {
        byte[] body;
        try (InputStream stream = response.body()) {
            Cancellable impatience =
                    timers.after(Duration.ofNanos(Math.max(1, deadline - timers.nanos())), () -> close(stream));
            try {
                body = stream.readNBytes(MAX_ANSWER_BYTES + 1);
            } finally {
                impatience.cancel();
            }
        } catch (IOException e) {
            if (timers.nanos() >= deadline) {
                throw new TimeoutException();
            }
            throw e;
        }
        if (timers.nanos() >= deadline) {
            throw new TimeoutException(); // the end of the stream may be the end of our patience
        }
        InvokeResponse.Builder answer = InvokeResponse.newBuilder();
        if (body.length > MAX_ANSWER_BYTES) {
            return answer.setError("its answer has more than " + MAX_ANSWER_BYTES + " bytes");
        }
        try {
            answer.setOutputJson(json(body));
        } catch (CharacterCodingException e) {
            return answer.setError("its answer is no text");
        }
        int status = response.statusCode();
        return status / 100 == 2 ? answer : answer.setError("status " + status);
    }

    private static void close(InputStream stream) {
        try {
            stream.close();
        } catch (IOException e) {
            return; // nobody reads it any more
        }
    }

    /** What is JSON as it is, other text as a JSON string, nothing as an empty object. */
    private static String json(byte[] body) throws CharacterCodingException {
        String text = StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(body))
                .toString()
                .strip();
        if (text.isEmpty()) {
            return "{}";
        }
        try {
            return JSON.readTree(text).toString();
        } catch (JsonProcessingException e) {
            return JSON.getNodeFactory().textNode(text).toString();
        }
    }
}
