package dev.dialplane.gateway.binding;

import dev.dialplane.gateway.loop.SerialLoop;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Takes the answer of a unary call to a loop, once: the response, or the failure. */
final class UnaryAnswer<T> implements StreamObserver<T> {
    private final SerialLoop loop;
    private final BiConsumer<@Nullable T, @Nullable Throwable> then;
    private @Nullable T response;

    UnaryAnswer(SerialLoop loop, BiConsumer<@Nullable T, @Nullable Throwable> then) {
        this.loop = loop;
        this.then = then;
    }

    @Override
    public void onNext(T value) {
        response = value;
    }

    @Override
    public void onError(Throwable failure) {
        loop.execute(() -> then.accept(null, failure));
    }

    @Override
    public void onCompleted() {
        T value = response;
        loop.execute(() -> then.accept(
                value,
                value == null ? Status.INTERNAL.withDescription("no answer").asRuntimeException() : null));
    }
}
