package dev.dialplane.operator.world;

import dev.dialplane.contracts.externalscaler.ExternalScalerGrpc;
import dev.dialplane.contracts.externalscaler.GetMetricsRequest;
import dev.dialplane.contracts.externalscaler.IsActiveResponse;
import dev.dialplane.contracts.externalscaler.MetricSpec;
import dev.dialplane.contracts.externalscaler.ScaledObjectRef;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Asks an operator over real gRPC what KEDA asks for one ScaledObject, on one connection that it keeps. */
public final class KedaClient implements AutoCloseable {

    private final ManagedChannel channel;
    private final ScaledObjectRef scaledObject;
    private final List<Boolean> pushed = new CopyOnWriteArrayList<>();
    private volatile @Nullable Status end;

    /** Connects to an operator. */
    public KedaClient(int operatorPort, String namespace, String pool) {
        channel = Grpc.newChannelBuilderForAddress("127.0.0.1", operatorPort, InsecureChannelCredentials.create())
                .build();
        scaledObject = ScaledObjectRef.newBuilder()
                .setName("desk-scaler")
                .setNamespace(namespace)
                .putScalerMetadata("pool", pool)
                .putScalerMetadata("scalerAddress", "dialplane-operator.dialplane-system:7090")
                .build();
    }

    /** Opens a stream that tells whether there are calls. */
    public void stream() {
        ExternalScalerGrpc.newStub(channel).streamIsActive(scaledObject, new StreamObserver<>() {
            @Override
            public void onNext(IsActiveResponse active) {
                pushed.add(active.getResult());
            }

            @Override
            public void onError(Throwable failure) {
                end = Status.fromThrowable(failure);
            }

            @Override
            public void onCompleted() {
                end = Status.OK;
            }
        });
    }

    /** Returns what the stream told. */
    public List<Boolean> pushed() {
        return pushed;
    }

    /** Returns how the operator ended the stream; null while it is open. */
    public @Nullable Status end() {
        return end;
    }

    /** Returns whether there are calls. */
    public boolean isActive() {
        return scaler().isActive(scaledObject).getResult();
    }

    /** Returns the names of the metrics. */
    public List<String> metrics() {
        return scaler().getMetricSpec(scaledObject).getMetricSpecsList().stream()
                .map(MetricSpec::getMetricName)
                .toList();
    }

    /** Returns the value of {@code concurrent-calls}. */
    public double calls() {
        return scaler().getMetrics(GetMetricsRequest.newBuilder()
                        .setScaledObjectRef(scaledObject)
                        .setMetricName("concurrent-calls")
                        .build())
                .getMetricValues(0)
                .getMetricValueFloat();
    }

    private ExternalScalerGrpc.ExternalScalerBlockingStub scaler() {
        return ExternalScalerGrpc.newBlockingStub(channel).withDeadlineAfter(5, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
