package dev.dialplane.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.operator.pool.Agent.Place;
import dev.dialplane.operator.pool.AgentPod.Life;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LeavingOrderTest {

    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final PoolKey POOL = new PoolKey("default", "receptionist");

    /** In each pair the first leaves before the second, though all that counts less speaks against it. */
    static Stream<Arguments> pairs() {
        return Stream.of(
                Arguments.of(
                        "never ready",
                        agent("b").life(Life.Starting),
                        agent("a").old().worn()),
                Arguments.of(
                        "not prepared",
                        agent("b").phase(AgentPhase.Preparing),
                        agent("a").old().worn()),
                Arguments.of(
                        "an older revision",
                        agent("b").old(),
                        agent("a").drained().worn()),
                Arguments.of(
                        "a node that is drained",
                        agent("b").drained(),
                        agent("a").worn().evictable()),
                Arguments.of("worn", agent("b").worn(), agent("a").evictable().hours(20)),
                Arguments.of(
                        "evictable",
                        agent("b").evictable(),
                        agent("a").hours(20).served(9)),
                Arguments.of("oldest", agent("b").hours(2), agent("a").served(9).neighbors(1)),
                Arguments.of(
                        "most calls served", agent("b").served(9), agent("a").neighbors(1)),
                Arguments.of(
                        "the emptiest node", agent("b").neighbors(1), agent("a").neighbors(2)),
                Arguments.of("by name, so that the order is one", agent("a"), agent("b")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pairs")
    void whoLeavesFirst(String rule, Sample first, Sample second) {
        assertThat(names(second, first)).as(rule).containsExactly(first.name, second.name);
    }

    @ParameterizedTest
    @MethodSource("ages")
    void agentsOfTheSameHourAreEquallyOld(Duration older, boolean older1st) {
        Sample aged = agent("b").age(Duration.ofHours(3).plus(older));
        assertThat(names(agent("a").age(Duration.ofHours(3)), aged)).first().isEqualTo(older1st ? "b" : "a");
    }

    static Stream<Arguments> ages() {
        return Stream.of(Arguments.of(Duration.ofMinutes(59), false), Arguments.of(Duration.ofMinutes(60), true));
    }

    private static List<String> names(Sample... samples) {
        return Stream.of(samples)
                .map(Sample::build)
                .sorted(LeavingOrder.of(NOW))
                .map(agent -> agent.pod().name())
                .toList();
    }

    private static Sample agent(String name) {
        return new Sample(name);
    }

    private static final class Sample {
        private final String name;
        private Life life = Life.Ready;
        private AgentPhase phase = AgentPhase.Idle;
        private boolean current = true;
        private boolean worn;
        private boolean evictable;
        private boolean drained;
        private Duration age = Duration.ofMinutes(1);
        private int served;
        private int neighbors = 5;

        Sample(String name) {
            this.name = name;
        }

        Sample life(Life is) {
            life = is;
            phase = AgentPhase.Unknown;
            return this;
        }

        Sample phase(AgentPhase is) {
            phase = is;
            return this;
        }

        Sample old() {
            current = false;
            return this;
        }

        Sample worn() {
            worn = true;
            return this;
        }

        Sample evictable() {
            evictable = true;
            return this;
        }

        Sample drained() {
            drained = true;
            return this;
        }

        Sample hours(int hours) {
            return age(Duration.ofHours(hours));
        }

        Sample age(Duration is) {
            age = is;
            return this;
        }

        Sample served(int calls) {
            served = calls;
            return this;
        }

        Sample neighbors(int agents) {
            neighbors = agents;
            return this;
        }

        Agent build() {
            AgentPod pod = new AgentPod(
                    POOL,
                    name,
                    "uid-" + name,
                    "1",
                    "r",
                    life,
                    life != Life.Starting,
                    false,
                    evictable,
                    NOW.minus(age),
                    "",
                    "n",
                    "",
                    "",
                    new AgentPod.Signs(NOW, NOW, "", "", null));
            return new Agent(pod, phase, NOW, served, current, worn, false, false, new Place(drained, neighbors));
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
