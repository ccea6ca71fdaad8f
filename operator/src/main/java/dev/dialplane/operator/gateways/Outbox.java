package dev.dialplane.operator.gateways;

import dev.dialplane.contracts.control.v1.AttachResponse;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * What waits to be sent to one gateway, from any thread, in order and bounded. A gateway that reads too slowly loses its
 * stream: it attaches again and gets a snapshot, which is shorter than what it missed.
 */
final class Outbox {

    /** A snapshot's worth of changes for a pool of thousands. */
    static final int LONGEST = 16_384;

    private final ServerCallStreamObserver<AttachResponse> stream;
    private final Queue<AttachResponse> waiting = new ArrayDeque<>();
    private boolean closed;

    Outbox(ServerCallStreamObserver<AttachResponse> stream) {
        this.stream = stream;
    }

    /** Sends, now or when the stream takes more. Does nothing once closed. */
    synchronized void send(AttachResponse message) {
        if (closed) {
            return;
        }
        if (waiting.size() >= LONGEST) {
            close(Status.RESOURCE_EXHAUSTED.withDescription(
                    "%d messages wait to be read; attach again for a snapshot".formatted(waiting.size())));
            return;
        }
        waiting.add(message);
        drain();
    }

    /** Sends what the stream takes. */
    synchronized void drain() {
        while (!closed && stream.isReady()) {
            AttachResponse next = waiting.poll();
            if (next == null) {
                return;
            }
            stream.onNext(next);
        }
    }

    /** Ends the stream with a status; only the first one counts. */
    synchronized void close(Status status) {
        if (closed) {
            return;
        }
        closed = true;
        waiting.clear();
        if (status.isOk()) {
            stream.onCompleted();
        } else {
            stream.onError(status.asRuntimeException());
        }
    }

    /** Forgets everything: the other side has gone. */
    synchronized void abandon() {
        closed = true;
        waiting.clear();
    }
}
