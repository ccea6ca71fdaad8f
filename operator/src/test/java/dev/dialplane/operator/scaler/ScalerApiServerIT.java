package dev.dialplane.operator.scaler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.contracts.control.v1.Demand;
import dev.dialplane.contracts.externalscaler.ExternalScalerGrpc;
import dev.dialplane.contracts.externalscaler.GetMetricsRequest;
import dev.dialplane.contracts.externalscaler.IsActiveResponse;
import dev.dialplane.contracts.externalscaler.ScaledObjectRef;
import dev.dialplane.operator.world.FakeGateway;
import dev.dialplane.operator.world.TestCluster;
import dev.dialplane.operator.world.World;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.autoscaling.v1.Scale;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What KEDA would be told, over real gRPC, of a pool that has no agent until somebody calls. */
@ExtendWith(World.class)
class ScalerApiServerIT {

    private static final Duration SOON = Duration.ofSeconds(40);

    private final World world;
    private final String namespace;
    private final FakeGateway gateway;
    private final ManagedChannel channel;

    ScalerApiServerIT(World world) {
        this.world = world;
        this.namespace = world.namespace("scaler");
        this.gateway = world.gateway();
        this.channel = Grpc.newChannelBuilderForAddress(
                        "127.0.0.1", world.operator().grpcPort(), InsecureChannelCredentials.create())
                .build();
    }

    @BeforeEach
    void pool() {
        world.pool(namespace, "desk", "{agent: {greeting: Hello}, scaling: {mode: External, replicas: 0, max: 20}}");
        await().atMost(SOON)
                .until(() ->
                        gateway.version() > 0 && gateway.pool(namespace, "desk").isPresent());
    }

    @AfterEach
    void close() {
        channel.shutdownNow();
        gateway.close();
    }

    @Test
    void theFirstCallIsPushedAndSoIsTheEndOfTheLast() {
        List<Boolean> pushed = new CopyOnWriteArrayList<>();
        ExternalScalerGrpc.newStub(channel).streamIsActive(desk(), new StreamObserver<>() {
            @Override
            public void onNext(IsActiveResponse active) {
                pushed.add(active.getResult());
            }

            @Override
            public void onError(Throwable failure) {}

            @Override
            public void onCompleted() {}
        });
        await().atMost(SOON).untilAsserted(() -> assertThat(pushed).containsExactly(false));

        calls(1, 0);
        await().atMost(SOON).untilAsserted(() -> assertThat(pushed).containsExactly(false, true));
        calls(1, 2);
        assertThat(scaler().isActive(desk()).getResult()).isTrue();
        calls(0, 0);
        await().atMost(SOON).untilAsserted(() -> assertThat(pushed).containsExactly(false, true, false));
        assertThat(scaler().isActive(desk()).getResult()).isFalse();
    }

    @Test
    void bothMetricsHaveATargetOfOneAndTellCallsAndAgents() {
        var specs = scaler().getMetricSpec(desk()).getMetricSpecsList();
        assertThat(specs).extracting(spec -> spec.getMetricName()).containsExactly("concurrent-calls", "needed-agents");
        assertThat(specs).allSatisfy(spec -> {
            assertThat(spec.getTargetSizeFloat()).isEqualTo(1);
            assertThat(spec.getTargetSize()).isEqualTo(1);
        });
        assertThat(value("concurrent-calls")).isZero();
        assertThat(value("needed-agents")).isZero();

        calls(2, 5);

        await().atMost(SOON).until(() -> value("concurrent-calls") == 7);
        assertThat(value("needed-agents")).isBetween(7.0, 20.0);
    }

    @Test
    void badMetadataIsAnInvalidArgumentThatNamesTheField() {
        assertThatThrownBy(() -> scaler().isActive(ref("Desk")))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageStartingWith("INVALID_ARGUMENT: scalerMetadata.pool: 'Desk'");
        assertThatThrownBy(() -> scaler().getMetrics(GetMetricsRequest.newBuilder()
                        .setScaledObjectRef(desk())
                        .setMetricName("calls")
                        .build()))
                .hasMessageStartingWith("INVALID_ARGUMENT: metricName: 'calls'");
        assertThatThrownBy(() -> scaler().getMetricSpec(ref("nobody")))
                .hasMessageStartingWith("NOT_FOUND: scalerMetadata.pool");
    }

    @Test
    void withoutAGatewayNobodyTakesWhatIsNotKnownForNoCalls() {
        calls(1, 2);
        await().atMost(SOON).until(() -> value("concurrent-calls") == 3);
        gateway.close();
        for (String metric : List.of("concurrent-calls", "needed-agents")) {
            await().atMost(SOON)
                    .untilAsserted(() -> assertThatThrownBy(() -> value(metric))
                            .hasMessageStartingWith("UNAVAILABLE: no gateway is attached"));
        }
        assertThatThrownBy(() -> scaler().isActive(desk())).hasMessageStartingWith("UNAVAILABLE: no gateway");
    }

    @Test
    void prometheusReadsTheSameFigures() {
        String labels = "namespace=\"%s\",pool=\"desk\"".formatted(namespace);
        calls(2, 5);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(world.operator().metric("dialplane_pool_concurrent_calls", labels))
                        .isEqualTo(value("concurrent-calls"))
                        .isEqualTo(7));
        assertThat(world.operator().metric("dialplane_pool_needed_agents", labels))
                .isBetween(7.0, 20.0);
    }

    @Test
    void theSampleOfAPlainAutoscalerIsTakenAsItIs() throws IOException {
        assumeTrue(world.cluster().minor() >= 35, "an autoscaler's tolerance can be set from Kubernetes 1.35 on");
        HorizontalPodAutoscaler sample = world.client()
                .getKubernetesSerialization()
                .unmarshal(
                        Files.readString(TestCluster.repository().resolve("manifests/samples/hpa.yaml")),
                        HorizontalPodAutoscaler.class);
        HorizontalPodAutoscaler taken = world.client().resource(sample).dryRun().create();
        assertThat(taken.getSpec().getBehavior().getScaleUp().getTolerance())
                .as("an API server drops what it does not know")
                .isEqualTo(new Quantity("0"));
    }

    @Test
    void theScaleSubresourceHasASelectorThatFindsThePoolsPods() {
        await().atMost(SOON).until(() -> !selector().isEmpty());
        assertThat(selector()).isEqualTo("dialplane.dev/pool=desk");
    }

    private String selector() {
        Scale scale = world.client()
                .getKubernetesSerialization()
                .unmarshal(
                        world.client()
                                .raw("/apis/dialplane.dev/v1alpha1/namespaces/%s/voiceagentpools/desk/scale"
                                        .formatted(namespace)),
                        Scale.class);
        String selector = scale.getStatus() == null ? null : scale.getStatus().getSelector();
        return selector == null ? "" : selector;
    }

    private void calls(int waiting, int active) {
        gateway.tell(Demand.newBuilder()
                .setPool(PoolRef.newBuilder().setNamespace(namespace).setName("desk"))
                .setArrivals(waiting + active)
                .setWaiting(waiting)
                .setActive(active)
                .build());
    }

    private double value(String metric) {
        return scaler().getMetrics(GetMetricsRequest.newBuilder()
                        .setScaledObjectRef(desk())
                        .setMetricName(metric)
                        .build())
                .getMetricValues(0)
                .getMetricValueFloat();
    }

    private ExternalScalerGrpc.ExternalScalerBlockingStub scaler() {
        return ExternalScalerGrpc.newBlockingStub(channel);
    }

    private ScaledObjectRef desk() {
        return ref("desk");
    }

    private ScaledObjectRef ref(String pool) {
        return ScaledObjectRef.newBuilder()
                .setName("desk-scaler")
                .setNamespace(namespace)
                .putScalerMetadata("pool", pool)
                .putScalerMetadata("scalerAddress", "dialplane-operator.dialplane-system:7090")
                .build();
    }
}
