package dev.dialplane.local.caller.carrier;

import java.net.http.WebSocket;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * What waits to be written to one socket, in order, one message at a time. A server that does not read for
 * {@value #MAX_WAITING} messages, 20 s of audio, has failed. Safe for use by many threads.
 */
final class Outbox {
    static final int MAX_WAITING = 1000;

    private final WebSocket socket;
    private final Consumer<String> failed;
    private final ArrayDeque<String> waiting = new ArrayDeque<>();
    private boolean writing;
    private boolean closing;
    private boolean dead;

    Outbox(WebSocket socket, Consumer<String> failed) {
        this.socket = socket;
        this.failed = failed;
    }

    void send(String message) {
        boolean full;
        synchronized (this) {
            if (closing || dead) {
                return;
            }
            full = waiting.size() >= MAX_WAITING;
            if (full) {
                dead = true;
            } else {
                waiting.add(message);
            }
        }
        if (full) {
            CompletableFuture.runAsync(() -> failed.accept("the server does not read what it is sent"));
        } else {
            pump();
        }
    }

    /** Closes the socket after what waits was written. */
    void close() {
        synchronized (this) {
            closing = true;
        }
        pump();
    }

    void abort() {
        synchronized (this) {
            dead = true;
            waiting.clear();
        }
        socket.abort();
    }

    private void pump() {
        while (true) {
            String message;
            synchronized (this) {
                if (writing || dead) {
                    return;
                }
                message = waiting.poll();
                if (message == null) {
                    if (closing) {
                        dead = true;
                        socket.sendClose(WebSocket.NORMAL_CLOSURE, "");
                    }
                    return;
                }
                writing = true;
            }
            CompletableFuture<WebSocket> written = socket.sendText(message, true);
            if (!written.isDone()) {
                written.whenComplete((_, error) -> {
                    settle(error);
                    pump();
                });
                return;
            }
            settle(written.isCompletedExceptionally() ? written.exceptionNow() : null);
        }
    }

    private void settle(@org.jspecify.annotations.Nullable Throwable error) {
        synchronized (this) {
            writing = false;
            if (error == null || dead) {
                return;
            }
            dead = true;
        }
        CompletableFuture.runAsync(() -> failed.accept("the socket broke: " + error));
    }
}
