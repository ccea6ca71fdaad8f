package dev.dialplane.operator.scaler;

import dev.dialplane.contracts.externalscaler.ExternalScalerGrpc;
import dev.dialplane.contracts.externalscaler.GetMetricSpecResponse;
import dev.dialplane.contracts.externalscaler.GetMetricsRequest;
import dev.dialplane.contracts.externalscaler.GetMetricsResponse;
import dev.dialplane.contracts.externalscaler.IsActiveResponse;
import dev.dialplane.contracts.externalscaler.MetricSpec;
import dev.dialplane.contracts.externalscaler.MetricValue;
import dev.dialplane.contracts.externalscaler.ScaledObjectRef;
import dev.dialplane.operator.gateways.DemandBoard;
import dev.dialplane.operator.leader.Leadership;
import dev.dialplane.operator.pool.PoolKey;
import dev.dialplane.operator.pool.PoolSizer;
import dev.dialplane.operator.pool.Pools;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import jakarta.enterprise.event.Observes;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * KEDA's external scaler, for pools whose {@code scaling.mode} is External: a trigger of type {@code external-push} scales
 * a pool from zero on its first call. The target of each metric is 1, so KEDA's autoscaler sets {@code replicas} to what
 * the metric says.
 *
 * <p>Whoever reaches the port may read: KEDA can show a client certificate to a scaler but no service account's token,
 * and what it reads is how many calls a pool has, which {@code kubectl get vap} tells too. There is no call, number or
 * customer in it, and nothing can be written. Who may reach the port is for a NetworkPolicy to say.
 */
@GrpcService
public class ScalerService extends ExternalScalerGrpc.ExternalScalerImplBase {

    /** A ScaledObject has one; more is a mistake or worse. */
    static final int MOST_STREAMS = 1_000;

    private final DemandBoard demand;
    private final PoolSizer sizer;
    private final Pools pools;
    private final Leadership leadership;
    private final Set<ActivityStream> streams = ConcurrentHashMap.newKeySet();

    ScalerService(DemandBoard demand, PoolSizer sizer, Pools pools, Leadership leadership) {
        this.demand = demand;
        this.sizer = sizer;
        this.pools = pools;
        this.leadership = leadership;
        demand.listen((pool, _) ->
                streams.stream().filter(stream -> stream.pool().equals(pool)).forEach(ActivityStream::look));
    }

    @Override
    public void isActive(ScaledObjectRef request, StreamObserver<IsActiveResponse> response) {
        answer(
                response,
                () -> IsActiveResponse.newBuilder()
                        .setResult(active(query(request).pool()))
                        .build());
    }

    @Override
    public void streamIsActive(ScaledObjectRef request, StreamObserver<IsActiveResponse> response) {
        try {
            PoolKey pool = query(request).pool();
            if (streams.size() >= MOST_STREAMS) {
                throw Status.RESOURCE_EXHAUSTED
                        .withDescription("%d streams are open already".formatted(MOST_STREAMS))
                        .asException();
            }
            var calls = (ServerCallStreamObserver<IsActiveResponse>) response;
            ActivityStream stream = new ActivityStream(pool, () -> active(pool), calls);
            calls.setOnCancelHandler(() -> streams.remove(stream));
            calls.setOnReadyHandler(stream::look);
            streams.add(stream);
            stream.look();
            if (!leadership.leads()) {
                // Lost meanwhile: this stream may have come too late to be closed with the others.
                streams.remove(stream);
                stream.close(Status.UNAVAILABLE.withDescription("this operator leads no more"));
            }
        } catch (StatusException e) {
            response.onError(e);
        }
    }

    @Override
    public void getMetricSpec(ScaledObjectRef request, StreamObserver<GetMetricSpecResponse> response) {
        answer(response, () -> {
            GetMetricSpecResponse.Builder specs = GetMetricSpecResponse.newBuilder();
            for (ScalerQuery.Metric metric : query(request).metrics()) {
                specs.addMetricSpecs(MetricSpec.newBuilder()
                        .setMetricName(metric.spelled())
                        .setTargetSize(1)
                        .setTargetSizeFloat(1));
            }
            return specs.build();
        });
    }

    @Override
    public void getMetrics(GetMetricsRequest request, StreamObserver<GetMetricsResponse> response) {
        answer(response, () -> {
            PoolKey pool = query(request.getScaledObjectRef()).pool();
            int value = switch (metric(request.getMetricName())) {
                case ConcurrentCalls -> demand.of(pool).inSystem();
                case NeededAgents -> needed(pool);
            };
            return GetMetricsResponse.newBuilder()
                    .addMetricValues(MetricValue.newBuilder()
                            .setMetricName(request.getMetricName())
                            .setMetricValue(value)
                            .setMetricValueFloat(value))
                    .build();
        });
    }

    /** Only the leader knows what gateways are asked for; KEDA connects again. */
    void lost(@Observes Leadership.Lost event) {
        for (ActivityStream stream : Set.copyOf(streams)) {
            streams.remove(stream);
            stream.close(Status.UNAVAILABLE.withDescription("this operator leads no more"));
        }
    }

    private boolean active(PoolKey pool) {
        return demand.of(pool).inSystem() > 0;
    }

    /** A call that waits asks for an agent, however few calls came before it. */
    private int needed(PoolKey pool) throws StatusException {
        return Math.max(
                demand.of(pool).inSystem(), pools.find(pool).map(sizer::needed).orElseThrow(() -> notThere(pool)));
    }

    private ScalerQuery query(ScaledObjectRef request) throws StatusException {
        if (!leadership.leads()) {
            throw Status.UNAVAILABLE
                    .withDescription("this operator stands by; %s leads".formatted(leadership.holder()))
                    .asException();
        }
        try {
            ScalerQuery query = ScalerQuery.read(request.getNamespace(), request.getScalerMetadataMap());
            if (pools.find(query.pool()).isEmpty()) {
                throw notThere(query.pool());
            }
            return query;
        } catch (ScalerQuery.BadMetadataException e) {
            throw Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asException();
        }
    }

    private static ScalerQuery.Metric metric(String name) throws StatusException {
        try {
            return ScalerQuery.metric("metricName", name);
        } catch (ScalerQuery.BadMetadataException e) {
            throw Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asException();
        }
    }

    private static StatusException notThere(PoolKey pool) {
        return Status.NOT_FOUND
                .withDescription("scalerMetadata.pool: there is no VoiceAgentPool %s".formatted(pool))
                .asException();
    }

    private interface Answer<T> {
        T get() throws StatusException;
    }

    private static <T> void answer(StreamObserver<T> response, Answer<T> answer) {
        try {
            response.onNext(answer.get());
            response.onCompleted();
        } catch (StatusException e) {
            response.onError(e);
        }
    }
}
