package dev.dialplane.inference.openai;

import com.google.protobuf.ByteString;
import dev.dialplane.contracts.common.v1.Tool;
import dev.dialplane.contracts.common.v1.TransferTarget;
import dev.dialplane.contracts.inference.v1.Action;
import dev.dialplane.contracts.inference.v1.Expecting;
import dev.dialplane.contracts.inference.v1.ToolCallDelta;
import dev.dialplane.inference.dialogue.Dialogue;
import dev.dialplane.inference.dialogue.ReplyDone;
import dev.dialplane.inference.dialogue.ReplyRequest;
import dev.dialplane.inference.dialogue.ReplySink;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.timing.Cancellable;
import dev.dialplane.inference.timing.Timers;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * A model of a {@link ChatServer}. Each reply has a virtual thread that reads it as it comes; whoever cancels a reply closes
 * its connection, by which these servers know that nobody wants the rest.
 */
final class ChatDialogue implements Dialogue {
    private static final Logger LOG = Logger.getLogger(ChatDialogue.class);
    private static final int BUFFER = 8192;
    /** How long a server may take to end the body after it has said that the reply is done. */
    private static final Duration END = Duration.ofSeconds(1);
    /** How long a probe may take: long enough to load a model, and not for ever, or none would follow it. */
    static final Duration PROBE = Duration.ofSeconds(30);
    /** For how long a server that does not take functions is not asked for them. */
    static final Duration PLAIN = Duration.ofMinutes(10);

    private static final int MAX_SPECS = 1000;

    private final String model;
    private final ChatServer server;
    private final Timers timers;
    private final Breaker breaker = new Breaker();
    /**
     * By spec, when functions and token counts may be asked for again that the server did not take: what it refuses may be one
     * pool's tools alone, and it may be replaced by another.
     */
    private final Map<String, Long> plainUntil = new ConcurrentHashMap<>();

    ChatDialogue(String model, ChatServer server, Timers timers) {
        this.model = model;
        this.server = server;
        this.timers = timers;
    }

    /** Whether calls may try it now. */
    boolean serves() {
        return breaker.closed();
    }

    @Override
    public Cancellable reply(ReplyRequest request, ReplySink sink) {
        if (!breaker.closed()) {
            throw ModelException.providerDown(
                    ChatServer.PROVIDER,
                    model,
                    "it failed " + Breaker.FAILURES + " times in a row, and has not served since");
        }
        Run run = new Run(request, sink);
        run.thread.start();
        return run;
    }

    /** Asks for a word that nobody hears. Blocks. */
    void probe() {
        Thread reader = Thread.currentThread();
        AtomicBoolean late = new AtomicBoolean();
        Cancellable impatience = timers.after(PROBE, () -> {
            late.set(true);
            reader.interrupt();
        });
        try (InputStream stream = server.open(model, ChatRequest.probe(model))) {
            readAll(stream, new ChatReply(), _ -> {});
            breaker.served();
            awaitEnd(stream);
        } catch (ChatServer.NotTakenException e) {
            throw notTaken(e);
        } catch (IOException | ServerEvents.TooLargeException | ChatReply.NotACompletionException e) {
            throw ModelException.providerDown(ChatServer.PROVIDER, model, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ModelException.providerDown(ChatServer.PROVIDER, model, "nobody waits for it any more");
        } finally {
            impatience.cancel();
            if (late.get()) {
                Thread.interrupted(); // meant for this probe, not for what its thread does next
            }
        }
    }

    private ModelException notTaken(ChatServer.NotTakenException e) {
        return ModelException.providerDown(
                ChatServer.PROVIDER, model, "it does not take the request: " + e.getMessage());
    }

    private void failed() {
        if (breaker.failed()) {
            LOG.warnf("model %s/%s is left alone until it serves again", ChatServer.PROVIDER, model);
            probeLater();
        }
    }

    private void probeLater() {
        timers.after(
                breaker.nextPause(),
                () -> Thread.ofVirtual().name("probe " + model).start(() -> {
                    try {
                        probe();
                        LOG.infof("model %s/%s serves again", ChatServer.PROVIDER, model);
                    } catch (ModelException e) {
                        probeLater();
                    }
                }));
    }

    /** Reads a stream of events to its end, or until its {@code [DONE]}. */
    private static void readAll(InputStream stream, ChatReply reply, Consumer<String> text)
            throws IOException, ServerEvents.TooLargeException, ChatReply.NotACompletionException {
        ServerEvents events = new ServerEvents();
        byte[] buffer = new byte[BUFFER];
        for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
            for (String data : events.read(buffer, read)) {
                if (data.equals(ChatReply.DONE)) {
                    return;
                }
                String piece = reply.read(data);
                if (!piece.isEmpty()) {
                    text.accept(piece);
                }
            }
        }
        if (!reply.finished()) {
            throw new IOException("its reply broke off");
        }
    }

    /** Reads what follows {@code [DONE]}, the end of the body, without which a connection can't be used again. */
    private void awaitEnd(InputStream stream) throws IOException {
        Thread reader = Thread.currentThread();
        Cancellable impatience = timers.after(END, reader::interrupt);
        try {
            stream.skip(BUFFER);
        } finally {
            impatience.cancel();
        }
    }

    /** One reply. */
    private final class Run implements Cancellable {
        private final ReplyRequest request;
        private final ReplySink sink;
        private final Thread thread =
                Thread.ofVirtual().name("reply of " + model).unstarted(this::work);
        private final long begun = timers.nanos();
        private volatile boolean cancelled;
        private volatile boolean spoke;
        private boolean over;

        Run(ReplyRequest request, ReplySink sink) {
            this.request = request;
            this.sink = sink;
        }

        @Override
        public void cancel() {
            if (cancelled) {
                return;
            }
            cancelled = true;
            int deadline = request.request().getFirstPieceDeadlineMs();
            // Given up because its time was over, not because the caller spoke: at the deadline, which began a moment
            // earlier.
            if (!spoke && deadline > 0 && timers.millisSince(begun) >= deadline - deadline / 10) {
                failed();
            }
            thread.interrupt();
        }

        private void work() {
            try {
                ChatReply reply = new ChatReply();
                try (InputStream stream = open()) {
                    readAll(stream, reply, this::say);
                    finish(reply);
                    awaitEnd(stream);
                }
            } catch (ModelException e) {
                fail(e);
            } catch (ChatServer.NotTakenException e) {
                fail(notTaken(e));
            } catch (IOException | ServerEvents.TooLargeException | ChatReply.NotACompletionException e) {
                fail(ModelException.providerDown(ChatServer.PROVIDER, model, String.valueOf(e.getMessage())));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // cancelled: nobody waits
            }
        }

        private InputStream open() throws ChatServer.NotTakenException, InterruptedException {
            String spec = request.spec().hash();
            if (timers.nanos() - plainUntil.getOrDefault(spec, timers.nanos()) >= 0) {
                try {
                    return server.open(model, body(false));
                } catch (ChatServer.NotTakenException e) {
                    LOG.infof("model %s takes no functions (%s)", model, e.getMessage());
                }
                InputStream stream = server.open(model, body(true));
                if (plainUntil.size() >= MAX_SPECS) {
                    plainUntil.clear();
                }
                plainUntil.put(spec, timers.nanos() + PLAIN.toNanos());
                return stream;
            }
            return server.open(model, body(true));
        }

        private String body(boolean asPlain) {
            return ChatRequest.of(model, request.request(), request.spec().spec(), asPlain);
        }

        private void say(String text) {
            if (!cancelled) {
                spoke = true;
                sink.text(text);
            }
        }

        private void finish(ChatReply reply) {
            if (!reply.rest().isEmpty()) {
                say(reply.rest());
            }
            List<Action> actions = reply.actions(request.spec().spec().getTransferTargetsList().stream()
                    .map(TransferTarget::getName)
                    .toList());
            List<ToolCallDelta> toolCalls = reply.toolCalls(request.spec().spec().getToolsList().stream()
                    .map(Tool::getName)
                    .toList());
            if (!spoke && actions.isEmpty() && toolCalls.isEmpty()) {
                fail(ModelException.providerDown(ChatServer.PROVIDER, model, "its reply is empty"));
                return;
            }
            if (cancelled) {
                return;
            }
            over = true;
            breaker.served();
            actions.forEach(sink::action);
            toolCalls.forEach(sink::toolCall);
            sink.done(new ReplyDone(
                    ByteString.EMPTY,
                    reply.inputTokens(),
                    reply.outputTokens(),
                    reply.truncated(),
                    Expecting.EXPECTING_OPEN,
                    0));
        }

        private void fail(ModelException e) {
            if (!cancelled && !over) {
                over = true;
                failed();
                sink.failed(e);
            }
        }
    }
}
