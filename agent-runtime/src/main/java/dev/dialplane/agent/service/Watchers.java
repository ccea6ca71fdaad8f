package dev.dialplane.agent.service;

import dev.dialplane.contracts.agent.v1.WatchResponse;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Whoever watches the agent: each gets its state at once and after every change; one that is slow gets the newest only. */
final class Watchers {
    private final Supplier<WatchResponse> state;
    private final List<Watcher> watchers = new ArrayList<>();

    Watchers(Supplier<WatchResponse> state) {
        this.state = state;
    }

    void add(ServerCallStreamObserver<WatchResponse> stream) {
        Watcher watcher = new Watcher(stream);
        watchers.add(watcher);
        stream.setOnCancelHandler(() -> watchers.remove(watcher));
        stream.setOnReadyHandler(watcher::send);
        watcher.changed();
    }

    void changed() {
        List.copyOf(watchers).forEach(Watcher::changed);
    }

    void complete() {
        List.copyOf(watchers).forEach(watcher -> watcher.stream.onCompleted());
        watchers.clear();
    }

    private final class Watcher {
        private final ServerCallStreamObserver<WatchResponse> stream;
        private boolean behind;

        Watcher(ServerCallStreamObserver<WatchResponse> stream) {
            this.stream = stream;
        }

        void changed() {
            behind = true;
            send();
        }

        void send() {
            if (behind && stream.isReady()) {
                behind = false;
                stream.onNext(state.get());
            }
        }
    }
}
