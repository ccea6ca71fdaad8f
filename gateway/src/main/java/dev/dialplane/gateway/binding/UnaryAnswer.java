package dev.dialplane.gateway.binding;

import dev.dialplane.gateway.loop.Loop;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/** Takes the answer of a unary call to a loop, once: the response, or the failure. */
final class UnaryAnswer<T> implements StreamObserver<T> {
    private final Loop loop;
    private final AgentConnection.Answer<T> then;
    private @Nullable T response;

    UnaryAnswer(Loop loop, AgentConnection.Answer<T> then) {
        this.loop = loop;
        this.then = then;
    }

    @Override
    public void onNext(T value) {
        response = value;
    }

    @Override
    public void onError(Throwable failure) {
        loop.execute(() -> then.came(null, failure));
    }

    @Override
    public void onCompleted() {
        T value = response;
        loop.execute(() -> then.came(
                value,
                value == null ? Status.INTERNAL.withDescription("no answer").asRuntimeException() : null));
    }
}
