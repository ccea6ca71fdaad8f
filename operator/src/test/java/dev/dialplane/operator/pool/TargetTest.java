package dev.dialplane.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.crds.pool.Scaling;
import dev.dialplane.crds.pool.VoiceAgentPoolStatus.Sizing;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TargetTest {

    @Test
    void replicasAreTheTargetOfANewExternalPool() {
        assertThat(Target.external(external(7), null, 100)).isEqualTo(new Target(7, "External", null));
    }

    @Test
    void aSwitchToExternalKeepsThePresentSizeUntilReplicasChanges() {
        Target first = Target.external(external(3), sizing(15, "ErlangB", null), 100);
        assertThat(first).isEqualTo(new Target(15, "Kept", 3));

        Target second = Target.external(external(3), sizing(15, "Kept", 3), 100);
        assertThat(second).isEqualTo(first);

        Target third = Target.external(external(4), sizing(15, "Kept", 3), 100);
        assertThat(third).isEqualTo(new Target(4, "External", null));

        Target fourth = Target.external(external(3), sizing(4, "External", null), 100);
        assertThat(fourth).isEqualTo(new Target(3, "External", null));
    }

    @Test
    void noMoreThanTheMost() {
        assertThat(Target.external(external(70), null, 50).agents()).isEqualTo(50);
        assertThat(Target.external(external(3), sizing(80, "ErlangB", null), 50).agents())
                .isEqualTo(50);
    }

    private static Scaling external(int replicas) {
        return new Scaling(Scaling.Mode.External, replicas, 2, 100, "0.001", "5m", List.of());
    }

    private static Sizing sizing(int target, String rule, @Nullable Integer ignored) {
        return new Sizing(target, rule, null, null, null, null, ignored);
    }
}
