package dev.dialplane.operator.gateways;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.contracts.agent.v1.Phase;
import dev.dialplane.contracts.control.v1.AgentState;
import dev.dialplane.contracts.control.v1.AgentStates;
import dev.dialplane.operator.OperatorConfig;
import dev.dialplane.operator.pool.AgentPhase;
import dev.dialplane.operator.pool.AgentPods;
import dev.dialplane.operator.pool.Labels;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AgentBoardTest {

    private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
    private static final String AGENT = "u-1";
    private static final String ONE = "gateway-1";
    private static final String OTHER = "gateway-2";

    private final KubernetesClient nowhere = new KubernetesClientBuilder()
            .withConfig(new ConfigBuilder().withMasterUrl("http://127.0.0.1:1").build())
            .build();
    private final OperatorConfig config = new SmallRyeConfigBuilder()
            .withMapping(OperatorConfig.class)
            .withConverter(Duration.class, 100, new DurationConverter())
            .withDefaultValues(Map.of(
                    "dialplane.operator.identity", "operator-1",
                    "dialplane.operator.address", "127.0.0.1:7090",
                    "dialplane.operator.namespace", "dialplane-system"))
            .build()
            .getConfigMapping(OperatorConfig.class);
    private final AgentPods pods = new AgentPods(nowhere, config, Clock.fixed(NOW, ZoneOffset.UTC));
    private final AgentBoard board = new AgentBoard(pods, Clock.fixed(NOW, ZoneOffset.UTC));

    @BeforeEach
    void anAgent() {
        pods.created(new PodBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("desk-1")
                .withUid(AGENT)
                .withLabels(Map.of(Labels.POOL, "desk"))
                .withCreationTimestamp(NOW.toString())
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .withNewStatus()
                .endStatus()
                .build());
    }

    @AfterEach
    void close() {
        nowhere.close();
    }

    /** Else an agent whose gateway comes back as its call ends would be given up: idle, and reached by nobody. */
    @Test
    void anAgentThatIsHeardAgainIsAtNoMomentWithoutReachAsWell() {
        tell(ONE, Phase.PHASE_ACTIVE, true);
        List<AgentBoard.Word> meanwhile = new ArrayList<>();
        board.listen((pod, heard) -> meanwhile.add(board.word(pod.uid())));

        tell(ONE, Phase.PHASE_IDLE, false);

        assertThat(meanwhile).singleElement().satisfies(word -> {
            assertThat(word.heard()).extracting(AgentBoard.Heard::phase).isEqualTo(AgentPhase.Idle);
            assertThat(word.unreachedSince()).isNull();
        });
    }

    @Test
    void anAgentIsReachedWhileOneGatewayReachesIt() {
        tell(ONE, Phase.PHASE_IDLE, false);
        tell(OTHER, Phase.PHASE_UNSPECIFIED, true);
        assertThat(board.word(AGENT).unreachedSince()).isNull();

        tell(ONE, Phase.PHASE_UNSPECIFIED, true);

        assertThat(board.word(AGENT).unreachedSince()).isEqualTo(NOW);
        assertThat(board.word(AGENT).heard())
                .extracting(AgentBoard.Heard::phase)
                .isEqualTo(AgentPhase.Idle);
    }

    @Test
    void aGatewayThatGoesTakesItsWordWithIt() {
        tell(ONE, Phase.PHASE_IDLE, false);
        tell(OTHER, Phase.PHASE_UNSPECIFIED, true);
        List<String> told = new ArrayList<>();
        board.listenToReach(pod -> told.add(pod.uid()));

        board.detached(ONE);
        assertThat(board.word(AGENT).unreachedSince()).isEqualTo(NOW);

        board.detached(OTHER);
        assertThat(board.word(AGENT).unreachedSince()).isNull();
        assertThat(told).containsExactly(AGENT, AGENT);
    }

    @Test
    void whatAFullReportLeavesOutIsNotSaidAnyMore() {
        tell(ONE, Phase.PHASE_UNSPECIFIED, true);

        board.tell(ONE, AgentStates.newBuilder().setFull(true).build());

        assertThat(board.word(AGENT).unreachedSince()).isNull();
    }

    private void tell(String gateway, Phase phase, boolean unreachable) {
        board.tell(
                gateway,
                AgentStates.newBuilder()
                        .addAgents(AgentState.newBuilder()
                                .setPodUid(AGENT)
                                .setPhase(phase)
                                .setUnreachable(unreachable))
                        .build());
    }
}
