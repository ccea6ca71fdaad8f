package dev.dialplane.local.caller.carrier;

import dev.dialplane.local.caller.speech.Mouth;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Twilio, as far as a gateway sees it: asks the voice webhook what to do, streams the media, and asks again what is next.
 * One serves any number of calls at once; all lines beat on one clock.
 */
public final class TwilioCarrier implements AutoCloseable {
    /** Twilio's own limit for a webhook's answer. */
    public static final Duration WEBHOOK_TIMEOUT = Duration.ofSeconds(15);

    private static final int MAX_DOCUMENTS = 20;

    /** HTTP/1.1, as the real service speaks; a media socket is nothing else. */
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private final MediaClock clock = new MediaClock();

    /** A carrier without calls. */
    public TwilioCarrier() {
        MediaLine.rehearse();
    }

    /** What the caller's side does with each media stream of the call. */
    public interface Caller {
        /** What is sent on the stream that is about to open. */
        Mouth mouth();

        /** Who is told what happens on it. */
        LineObserver observer();

        /** The stream is open; the caller hangs up by {@link MediaLine#hangUp}. Must not block. */
        default void open(MediaLine line) {}
    }

    /**
     * How a call went, for the carrier.
     *
     * @param ids what it was called
     * @param ringingMs from the first request to the answer to it; 0 without a webhook
     * @param lines each media stream, in order
     * @param ends how each ended
     * @param steps what the carrier was told to do and what came of it, one line each
     * @param dialed the number to which the caller was put through, or null
     * @param rejected the reason for which the call was not answered, or null
     * @param failure what went wrong, or null
     */
    public record Outcome(
            CallIds ids,
            double ringingMs,
            List<LineLog> lines,
            List<LineEnd> ends,
            List<String> steps,
            @Nullable String dialed,
            @Nullable String rejected,
            @Nullable String failure) {}

    /**
     * Carries a call to its end, however that comes.
     *
     * @param most after which the caller hangs up, whatever happens
     */
    public Outcome carry(Dialed dialed, CallIds ids, Duration most, Caller caller) throws InterruptedException {
        Call call = new Call(dialed, ids, System.nanoTime() + most.toNanos(), caller);
        call.run();
        return call.outcome();
    }

    /**
     * Opens one media stream without a webhook.
     *
     * @throws IOException if the gateway does not take it
     */
    public MediaLine open(
            Dialed dialed, URI socket, CallIds ids, Map<String, String> parameters, Mouth mouth, LineObserver observer)
            throws IOException, InterruptedException {
        return open(dialed, socket, ids, parameters, mouth, observer, Impairment.NONE);
    }

    /**
     * Opens one media stream without a webhook, over a line with which something is wrong.
     *
     * @throws IOException if the gateway does not take it
     */
    public MediaLine open(
            Dialed dialed,
            URI socket,
            CallIds ids,
            Map<String, String> parameters,
            Mouth mouth,
            LineObserver observer,
            Impairment impairment)
            throws IOException, InterruptedException {
        Map<String, String> headers = new LinkedHashMap<>();
        if (dialed.authToken() != null) {
            String url = dialed.known(socket).toString();
            headers.put(TwilioSignature.HEADER, TwilioSignature.of(dialed.authToken(), url, Map.of()));
        }
        try {
            return MediaLine.open(
                            http,
                            clock,
                            dialed.reachable(socket),
                            headers,
                            ids,
                            parameters,
                            mouth,
                            observer,
                            impairment)
                    .get(15, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IOException("the gateway did not take the media socket: " + reason(e), e);
        } catch (TimeoutException e) {
            throw new IOException("the gateway did not take the media socket within 15 s", e);
        }
    }

    private static String reason(Throwable e) {
        Throwable cause = e;
        while (cause instanceof ExecutionException || cause instanceof CompletionException) {
            cause = cause.getCause() == null ? new IOException("no reason given") : cause.getCause();
        }
        if (cause instanceof java.net.http.WebSocketHandshakeException refused) {
            return "HTTP " + refused.getResponse().statusCode();
        }
        return cause.toString();
    }

    /** Ends the clock and with it all lines. */
    @Override
    public void close() {
        clock.close();
        http.shutdownNow();
        http.close();
    }

    /** One call while it is carried. */
    private final class Call {
        private final Dialed dialed;
        private final CallIds ids;
        private final long deadline;
        private final Caller caller;
        private final List<LineLog> lines = new ArrayList<>();
        private final List<LineEnd> ends = new ArrayList<>();
        private final List<String> steps = new ArrayList<>();
        private double ringingMs;
        private @Nullable String putThrough;
        private @Nullable String rejected;
        private @Nullable String failure;

        Call(Dialed dialed, CallIds ids, long deadline, Caller caller) {
            this.dialed = dialed;
            this.ids = ids;
            this.deadline = deadline;
            this.caller = caller;
        }

        Outcome outcome() {
            return new Outcome(ids, ringingMs, lines, ends, steps, putThrough, rejected, failure);
        }

        void run() throws InterruptedException {
            try {
                if (!dialed.hasWebhook()) {
                    stream(dialed.uri(), Map.of());
                    return;
                }
                long start = System.nanoTime();
                URI document = dialed.uri();
                Twiml twiml = ask(document, "ringing");
                ringingMs = (System.nanoTime() - start) / 1e6;
                for (int documents = 1; ; documents++) {
                    URI next = obey(twiml, document);
                    if (next == null) {
                        return;
                    }
                    if (documents == MAX_DOCUMENTS) {
                        throw new IOException("the gateway gave more than " + MAX_DOCUMENTS + " documents");
                    }
                    document = next;
                    twiml = ask(document, "in-progress");
                }
            } catch (IOException | TwimlReader.TwimlException e) {
                failure = e.getMessage();
                steps.add("failed: " + e.getMessage());
            }
        }

        /** Obeys a document; gives the next one to ask for, or null when the call is over. */
        private @Nullable URI obey(Twiml twiml, URI document) throws IOException, InterruptedException {
            var verbs = new ArrayDeque<>(twiml.verbs());
            while (!verbs.isEmpty()) {
                switch (verbs.remove()) {
                    case Twiml.Hangup() -> {
                        steps.add("told to hang up");
                        return null;
                    }
                    case Twiml.Reject(String reason) -> {
                        rejected = reason;
                        steps.add("told to reject: " + reason);
                        return null;
                    }
                    case Twiml.Dial(String number) -> {
                        putThrough = number;
                        steps.add("told to put the caller through");
                        return null;
                    }
                    case Twiml.Redirect(String url) -> {
                        return document.resolve(url);
                    }
                    case Twiml.Say(String text) -> steps.add("told to say: " + text);
                    case Twiml.Pause(int seconds) -> {
                        steps.add("told to wait for " + seconds + " s");
                        long left = deadline - System.nanoTime();
                        TimeUnit.NANOSECONDS.sleep(Math.min(left, TimeUnit.SECONDS.toNanos(seconds)));
                    }
                    case Twiml.Connect(String action, String url, Map<String, String> parameters) -> {
                        LineEnd end = stream(URI.create(url), parameters);
                        if (end.by() == LineEnd.By.CALLER) {
                            return null;
                        }
                        if (action != null) {
                            return document.resolve(action);
                        }
                    }
                }
            }
            steps.add("nothing left to do: hung up");
            return null;
        }

        private LineEnd stream(URI socket, Map<String, String> parameters) throws IOException, InterruptedException {
            steps.add("media stream " + (lines.size() + 1));
            try (MediaLine line = open(dialed, socket, ids, parameters, caller.mouth(), caller.observer())) {
                caller.open(line);
                LineEnd end;
                try {
                    end = line.ended().get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (TimeoutException e) {
                    line.hangUp();
                    end = line.ended().join();
                    steps.add("hung up after the longest time allowed");
                } catch (ExecutionException e) {
                    throw new IOException(e.getCause());
                }
                lines.add(line.log());
                ends.add(end);
                steps.add("media stream ended by the " + end.by().name().toLowerCase(java.util.Locale.ROOT) + ": "
                        + end.detail());
                return end;
            }
        }

        private Twiml ask(URI uri, String status) throws IOException, InterruptedException, TwimlReader.TwimlException {
            Map<String, String> form = new LinkedHashMap<>();
            form.put("AccountSid", ids.accountSid());
            form.put("ApiVersion", "2010-04-01");
            form.put("CallSid", ids.callSid());
            form.put("CallStatus", status);
            form.put("Called", dialed.to());
            form.put("Caller", dialed.from());
            form.put("Direction", "inbound");
            form.put("From", dialed.from());
            form.put("To", dialed.to());
            HttpRequest.Builder request = HttpRequest.newBuilder(dialed.reachable(uri))
                    .timeout(WEBHOOK_TIMEOUT)
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString(encoded(form)));
            if (dialed.authToken() != null) {
                String url = dialed.known(uri).toString();
                request.header(TwilioSignature.HEADER, TwilioSignature.of(dialed.authToken(), url, form));
            }
            HttpResponse<String> response =
                    http.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            if (response.statusCode() / 100 != 2) {
                throw new IOException("the webhook " + uri.getPath() + " answered HTTP " + response.statusCode());
            }
            return TwimlReader.read(response.body());
        }

        private static String encoded(Map<String, String> form) {
            return form.entrySet().stream()
                    .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                    .collect(Collectors.joining("&"));
        }
    }
}
