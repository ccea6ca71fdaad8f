package dev.dialplane.operator.gateways;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dialplane.contracts.control.v1.AttachRequest;
import dev.dialplane.contracts.control.v1.CallEvent;
import dev.dialplane.contracts.control.v1.Demand;
import dev.dialplane.contracts.control.v1.Hello;
import dev.dialplane.operator.world.FakeGateway;
import dev.dialplane.operator.world.World;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who may attach, as a real API server tells it. */
@ExtendWith(World.class)
class AttachApiServerIT {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String AUDIENCE = "dialplane-operator";

    private final World world;
    private final String pod;
    private final String uid;

    AttachApiServerIT(World world) {
        this.world = world;
        this.pod = world.namespace("attach");
        this.uid = world.cluster().gatewayPod(pod);
    }

    @Test
    void aGatewayOfItsOwnPodGetsASnapshot() {
        try (FakeGateway gateway =
                gateway(token("dialplane-gateway", AUDIENCE, pod), uid).attach()) {
            await().atMost(SOON).until(() -> gateway.version() > 0);
            assertThat(gateway.end()).isNull();
        }
    }

    @Test
    void gatewaysLearnOfOneAnotherAndOfOneThatLeaves() {
        try (FakeGateway first =
                gateway(token("dialplane-gateway", AUDIENCE, pod), uid).attach()) {
            await().atMost(SOON).until(() -> first.gateways().contains(uid));
            try (FakeGateway second = world.gateway()) {
                await().atMost(SOON).until(() -> second.gateways().containsAll(List.of(uid, second.id())));
                await().atMost(SOON).until(() -> first.gateways().contains(second.id()));
            }
            await().atMost(SOON).until(() -> first.gateways().equals(List.of(uid)));
        }
    }

    @Test
    void nobodyWithoutAToken() {
        assertThat(refusal(null, uid)).isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    @Test
    void nobodyWithAForgedToken() {
        assertThat(refusal(token("dialplane-gateway", AUDIENCE, pod) + "x", uid))
                .isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(refusal("nonsense", uid)).isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    @Test
    void nobodyWithATokenForAnotherAudience() {
        assertThat(refusal(token("dialplane-gateway", null, pod), uid)).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(refusal(token("dialplane-gateway", "other", pod), uid)).isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    @Test
    void nobodyOfAnotherAccount() {
        assertThat(refusal(world.cluster().token("somebody", AUDIENCE, null, null), uid))
                .isEqualTo(Status.Code.PERMISSION_DENIED);
    }

    @Test
    void nobodyWithATokenThatIsBoundToNoPod() {
        assertThat(refusal(world.cluster().token("dialplane-gateway", AUDIENCE, null, null), uid))
                .isEqualTo(Status.Code.PERMISSION_DENIED);
    }

    @Test
    void nobodyInAnotherGatewaysName() {
        assertThat(refusal(token("dialplane-gateway", AUDIENCE, pod), "another"))
                .isEqualTo(Status.Code.PERMISSION_DENIED);
    }

    @Test
    void aRefusalIsLoggedOnceAndNeverTheToken() throws Exception {
        for (int i = 0; i < 5; i++) {
            assertThat(refusal("secret-" + pod, uid)).isEqualTo(Status.Code.UNAUTHENTICATED);
        }
        assertThat(world.operator().log().lines().filter(line -> line.contains("refused to attach: the token is")))
                .hasSizeLessThanOrEqualTo(2);
        assertThat(world.operator().log()).doesNotContain("secret-" + pod);
    }

    @Test
    void helloComesFirstAndOnce() {
        String token = token("dialplane-gateway", AUDIENCE, pod);
        try (FakeGateway silent = gateway(token, uid).open()) {
            silent.tell(Demand.getDefaultInstance());
            await().atMost(SOON).until(() -> silent.end() != null);
            assertThat(code(silent)).isEqualTo(Status.Code.INVALID_ARGUMENT);
        }
        try (FakeGateway eager = gateway(token, uid).attach()) {
            await().atMost(SOON).until(() -> eager.version() > 0);
            eager.send(AttachRequest.newBuilder()
                    .setHello(Hello.newBuilder().setGatewayId(uid))
                    .build());
            await().atMost(SOON).until(() -> eager.end() != null);
            assertThat(code(eager)).isEqualTo(Status.Code.INVALID_ARGUMENT);
        }
    }

    @Test
    void anEventThatCannotBeWrittenDownIsRefusedWithTheFieldsName() {
        try (FakeGateway gateway =
                gateway(token("dialplane-gateway", AUDIENCE, pod), uid).attach()) {
            await().atMost(SOON).until(() -> gateway.version() > 0);
            gateway.tell(CallEvent.getDefaultInstance());
            await().atMost(SOON).until(() -> gateway.end() != null);
            assertThat(code(gateway)).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(String.valueOf(gateway.end())).contains("call_event.fence.call_id");
        }
    }

    @Test
    void aGatewayThatAttachesAgainTakesThePlaceOfItself() {
        String token = token("dialplane-gateway", AUDIENCE, pod);
        try (FakeGateway first = gateway(token, uid).attach()) {
            await().atMost(SOON).until(() -> first.version() > 0);
            try (FakeGateway second = gateway(token, uid).attach()) {
                await().atMost(SOON).until(() -> second.version() > 0);
                await().atMost(SOON).until(() -> first.end() != null);
                assertThat(code(first)).isEqualTo(Status.Code.ABORTED);
                assertThat(second.version()).isGreaterThan(first.version());
                assertThat(second.end()).isNull();
            }
        }
    }

    private String token(String account, @Nullable String audience, String boundTo) {
        return world.cluster().token(account, audience, boundTo, uid);
    }

    private FakeGateway gateway(@Nullable String token, String id) {
        return new FakeGateway(world.operator().grpcPort(), token, id, List.of());
    }

    private Status.Code refusal(@Nullable String token, String id) {
        try (FakeGateway gateway = gateway(token, id).attach()) {
            await().atMost(SOON).until(() -> gateway.end() != null);
            return code(gateway);
        }
    }

    private static Status.Code code(FakeGateway gateway) {
        Status end = gateway.end();
        return end == null ? Status.Code.OK : end.getCode();
    }
}
