package dev.dialplane.operator.scaler;

import dev.dialplane.contracts.externalscaler.ExternalScalerGrpc;
import dev.dialplane.contracts.externalscaler.ExternalScalerGrpc.ExternalScalerStub;
import dev.dialplane.contracts.externalscaler.GetMetricSpecResponse;
import dev.dialplane.contracts.externalscaler.GetMetricsRequest;
import dev.dialplane.contracts.externalscaler.GetMetricsResponse;
import dev.dialplane.contracts.externalscaler.IsActiveResponse;
import dev.dialplane.contracts.externalscaler.MetricSpec;
import dev.dialplane.contracts.externalscaler.MetricValue;
import dev.dialplane.contracts.externalscaler.ScaledObjectRef;
import dev.dialplane.operator.gateways.DemandBoard;
import dev.dialplane.operator.gateways.Orders;
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
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * KEDA's external scaler, for pools whose {@code scaling.mode} is External: a trigger of type {@code external-push} scales
 * a pool from zero on its first call. The target of each metric is 1, so KEDA's autoscaler sets {@code replicas} to what
 * the metric says. Any operator answers: one that stands by asks the leader.
 *
 * <p>Whoever reaches the port may read: KEDA can show a client certificate to a scaler but no service account's token,
 * and what it reads is how many calls a pool has, which {@code kubectl get vap} tells too. There is no call, number or
 * customer in it, and nothing can be written. Who may reach the port is for a NetworkPolicy to say.
 */
@GrpcService
public class ScalerService extends ExternalScalerGrpc.ExternalScalerImplBase {

    /** A ScaledObject has one; more is a mistake or worse. */
    static final int MOST_STREAMS = 1_000;

    private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(2);

    private final DemandBoard demand;
    private final Orders orders;
    private final PoolSizer sizer;
    private final Pools pools;
    private final Leadership leadership;
    private final LeadersScaler leaders;
    private final Set<ActivityStream> streams = ConcurrentHashMap.newKeySet();
    private final Set<PassedOnStream> passedOn = ConcurrentHashMap.newKeySet();

    ScalerService(
            DemandBoard demand,
            Orders orders,
            PoolSizer sizer,
            Pools pools,
            Leadership leadership,
            LeadersScaler leaders) {
        this.demand = demand;
        this.orders = orders;
        this.sizer = sizer;
        this.pools = pools;
        this.leadership = leadership;
        this.leaders = leaders;
        demand.listen((pool, _) ->
                streams.stream().filter(stream -> stream.pool().equals(pool)).forEach(ActivityStream::look));
    }

    @Override
    public void isActive(ScaledObjectRef request, StreamObserver<IsActiveResponse> response) {
        if (passOn(request, leader -> leader.isActive(leaders.marked(request), response))) {
            return;
        }
        answer(
                response,
                () -> IsActiveResponse.newBuilder()
                        .setResult(calls(query(request).pool()) > 0)
                        .build());
    }

    @Override
    public void streamIsActive(ScaledObjectRef request, StreamObserver<IsActiveResponse> response) {
        var calls = (ServerCallStreamObserver<IsActiveResponse>) response;
        if (streams.size() + passedOn.size() >= MOST_STREAMS) {
            response.onError(Status.RESOURCE_EXHAUSTED
                    .withDescription("%d streams are open already".formatted(MOST_STREAMS))
                    .asException());
        } else if (leadership.leads()) {
            tell(request, calls);
        } else {
            passOn(request, calls);
        }
    }

    private void tell(ScaledObjectRef request, ServerCallStreamObserver<IsActiveResponse> calls) {
        try {
            PoolKey pool = query(request).pool();
            ActivityStream stream = new ActivityStream(pool, () -> active(pool), calls);
            calls.setOnCancelHandler(() -> streams.remove(stream));
            calls.setOnReadyHandler(stream::look);
            streams.add(stream);
            stream.look();
            if (!leadership.leads()) {
                // Lost meanwhile: this stream may have come too late to be ended with the others.
                streams.remove(stream);
                stream.end();
            }
        } catch (StatusException e) {
            calls.onError(e);
        }
    }

    private void passOn(ScaledObjectRef request, ServerCallStreamObserver<IsActiveResponse> calls) {
        Optional<ExternalScalerStub> leader = LeadersScaler.passedOn(request) ? Optional.empty() : leaders.find();
        if (leader.isEmpty()) {
            // Not a failure, so that it is asked again soon: see ActivityStream.end.
            calls.onCompleted();
            return;
        }
        PassedOnStream stream = new PassedOnStream(calls, passedOn::remove);
        passedOn.add(stream);
        leader.get().streamIsActive(leaders.marked(request), stream);
        if (leadership.leads()) {
            stream.end();
        }
    }

    @Override
    public void getMetricSpec(ScaledObjectRef request, StreamObserver<GetMetricSpecResponse> response) {
        if (passOn(request, leader -> leader.getMetricSpec(leaders.marked(request), response))) {
            return;
        }
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
        ScaledObjectRef of = request.getScaledObjectRef();
        if (passOn(
                of,
                leader -> leader.getMetrics(
                        request.toBuilder()
                                .setScaledObjectRef(leaders.marked(of))
                                .build(),
                        response))) {
            return;
        }
        answer(response, () -> {
            PoolKey pool = query(of).pool();
            int value = switch (metric(request.getMetricName())) {
                case ConcurrentCalls -> calls(pool);
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

    /** Only the leader knows what gateways are asked for. */
    void lost(@Observes Leadership.Lost event) {
        for (ActivityStream stream : Set.copyOf(streams)) {
            streams.remove(stream);
            stream.end();
        }
    }

    /** Whoever led before has nothing more to tell. */
    void gained(@Observes Leadership.Gained event) {
        Set.copyOf(passedOn).forEach(PassedOnStream::end);
    }

    /** Has the leader answer if this operator stands by; returns whether it is asked. */
    private boolean passOn(ScaledObjectRef request, Consumer<ExternalScalerStub> question) {
        if (leadership.leads() || LeadersScaler.passedOn(request)) {
            return false;
        }
        Optional<ExternalScalerStub> leader = leaders.find();
        leader.ifPresent(
                stub -> question.accept(stub.withDeadlineAfter(ANSWERED_WITHIN.toMillis(), TimeUnit.MILLISECONDS)));
        return leader.isPresent();
    }

    /** Whether a pool has calls; empty as long as no gateway tells. */
    private Optional<Boolean> active(PoolKey pool) {
        return orders.anyGateway() ? Optional.of(demand.of(pool).inSystem() > 0) : Optional.empty();
    }

    private int calls(PoolKey pool) throws StatusException {
        requireGateway();
        return demand.of(pool).inSystem();
    }

    private int needed(PoolKey pool) throws StatusException {
        requireGateway();
        return pools.find(pool).map(sizer::needed).orElseThrow(() -> notThere(pool));
    }

    /** An operator that has just started knows of no calls; nobody may take that for none, and scale a busy pool down. */
    private void requireGateway() throws StatusException {
        if (!orders.anyGateway()) {
            throw Status.UNAVAILABLE
                    .withDescription("no gateway is attached, so nobody knows how many calls there are")
                    .asException();
        }
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
