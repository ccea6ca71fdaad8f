package dev.dialplane.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.operator.pool.AgentPod.Life;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StartRuleTest {

    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    @ParameterizedTest
    @CsvSource({
        // life, seconds since it got a node (none: it has none), why its container waits, given up because
        "Starting,    , '',                          ''",
        "Starting,    , 'ImagePullBackOff: no tag',  ''",
        "Starting, 299, '',                          ''",
        "Starting, 301, '',                          'not ready 300 s after it got a node'",
        "Starting,  19, 'ImagePullBackOff: no tag',  ''",
        "Starting,  21, 'ImagePullBackOff: no tag',  'ImagePullBackOff: no tag'",
        "Ready,    301, '',                          ''",
        "Unready,  301, '',                          ''",
        "Ended,    301, '',                          ''"
    })
    void aPodIsGivenUpWhenItDoesNotStartOnItsNode(
            Life life, @Nullable Integer seconds, String waiting, String givenUp) {
        assertThat(StartRule.givenUp(pod(life, seconds, waiting, false), Duration.ofMinutes(5), NOW)
                        .orElse(""))
                .isEqualTo(givenUp);
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void onePodIsGivenUpOnce(boolean deleting) {
        assertThat(StartRule.givenUp(pod(Life.Starting, 301, "", deleting), Duration.ofMinutes(5), NOW)
                        .isEmpty())
                .isEqualTo(deleting);
    }

    private static AgentPod pod(Life life, @Nullable Integer seconds, String waiting, boolean deleting) {
        return new AgentPod(
                new PoolKey("default", "receptionist"),
                "a",
                "uid-a",
                "1",
                "r",
                life,
                life != Life.Starting,
                deleting,
                false,
                NOW.minusSeconds(3600),
                "",
                "",
                "",
                "",
                new AgentPod.Signs(NOW, seconds == null ? null : NOW.minusSeconds(seconds), "", waiting, null));
    }
}
