package dev.dialplane.local.caller.report;

import dev.dialplane.contracts.agent.v1.TurnEvent;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** What the agent and the gateway recorded of one call, as it comes in. Safe for use by many threads. */
public final class CallRecords {
    private final Consumer<TurnEvent> listener;
    /** In the order in which they came; one that was posted twice counts once. */
    private final Set<TurnEvent> events = new LinkedHashSet<>();

    private final CompletableFuture<CallEvent.Ended> end = new CompletableFuture<>();
    private final Set<String> holders = new LinkedHashSet<>();
    private String session = "";
    private boolean heardOf;

    /** Records of a call of which nothing is known; the listener is told of each event, and must not block. */
    public CallRecords(Consumer<TurnEvent> listener) {
        this.listener = listener;
    }

    void take(CallEvent event) {
        switch (event) {
            case CallEvent.Answered(var _, String name) -> named(name);
            case CallEvent.Happened(var _, TurnEvent turn) -> {
                boolean fresh;
                synchronized (this) {
                    heardOf = true;
                    fresh = events.add(turn);
                }
                if (fresh) {
                    listener.accept(turn);
                }
            }
            case CallEvent.Moved moved -> {
                synchronized (this) {
                    heardOf = true;
                    holders.add(moved.podName());
                }
            }
            case CallEvent.Ended ended -> {
                named(ended.session());
                end.complete(ended);
            }
        }
    }

    private synchronized void named(String name) {
        heardOf = true;
        if (!name.isEmpty()) {
            session = name;
        }
    }

    /** The turn events so far, in the order in which they came. */
    public synchronized List<TurnEvent> events() {
        return List.copyOf(events);
    }

    /** The pods of the agents that took the call over from others, in order. */
    public synchronized List<String> takenOverBy() {
        return List.copyOf(holders);
    }

    /** The session's name, empty while nobody has told it. */
    public synchronized String session() {
        return session;
    }

    /** Whether anything at all was told of this call. */
    public synchronized boolean heardOf() {
        return heardOf;
    }

    /** How the call ended, waited for up to {@code seconds}. */
    public Optional<CallEvent.Ended> end(double seconds) throws InterruptedException {
        try {
            return Optional.of(end.get((long) (seconds * 1e9), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (ExecutionException e) {
            throw new AssertionError("nothing completes it with a failure", e);
        }
    }
}
