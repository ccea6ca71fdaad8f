package dev.dialplane.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.operator.TestPools;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuntimePolicyTest {

    private static final RuntimePolicy USUAL = new RuntimePolicy(List.of(), List.of());
    private static final RuntimePolicy STRICT = new RuntimePolicy(
            List.of("registry.example/agent:1", "registry.example/agents/*"), List.of("calls", "calls-high"));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "image: anything.example/x:1                     | ''",
                "priorityClassName: calls                        | ''",
                "priorityClassName: system-node-critical         | spec.runtime.priorityClassName 'system-node-critical' is Kubernetes' own",
                "priorityClassName: system-cluster-critical      | spec.runtime.priorityClassName 'system-cluster-critical' is Kubernetes' own",
                "tolerations: [{key: gpu, operator: Exists}]     | ''",
                "tolerations: [{operator: Exists}]               | spec.runtime.tolerations[0] lets agents onto the control plane",
                "tolerations: [{key: gpu, operator: Exists}, {key: node-role.kubernetes.io/control-plane, operator: Exists}] | spec.runtime.tolerations[1]",
                "tolerations: [{key: node-role.kubernetes.io/master, operator: Exists, effect: NoSchedule}] | spec.runtime.tolerations[0]"
            })
    void withoutConfigurationNobodyReachesTheControlPlane(String runtime, String problem) {
        assertProblem(USUAL, runtime, problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "image: dialplane/agent-runtime                  | ''",
                "image: dialplane/agent-runtime:2                | spec.runtime.image 'dialplane/agent-runtime:2' is not allowed in this cluster; allowed are registry.example/agent:1, registry.example/agents/*",
                "image: registry.example/agent:1                 | ''",
                "image: registry.example/agents/desk:1           | ''",
                "image: registry.example/agents-evil/desk:1      | spec.runtime.image 'registry.example/agents-evil/desk:1' is not allowed",
                "image: evil.example/registry.example/agents/x   | spec.runtime.image",
                "priorityClassName: calls-high                   | ''",
                "priorityClassName: ''                           | ''",
                "priorityClassName: batch                        | spec.runtime.priorityClassName 'batch' is not allowed in this cluster; allowed are calls, calls-high",
                "priorityClassName: system-node-critical         | spec.runtime.priorityClassName 'system-node-critical' is not allowed"
            })
    void whatIsConfiguredIsAllThatIsAllowed(String runtime, String problem) {
        assertProblem(STRICT, runtime, problem);
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnce() {
        assertThat(STRICT.problems(TestPools.of(
                                "/spec/runtime",
                                "{image: x, priorityClassName: y, tolerations: [{operator: Exists}, {operator: Exists}]}")
                        .getSpec()
                        .runtime()))
                .hasSize(4);
    }

    private static void assertProblem(RuntimePolicy policy, String runtime, String problem) {
        List<String> problems = policy.problems(
                TestPools.of("/spec/runtime", "{" + runtime + "}").getSpec().runtime());
        if (problem.equals("''") || problem.isEmpty()) {
            assertThat(problems).isEmpty();
        } else {
            assertThat(problems).singleElement().asString().startsWith(problem);
        }
    }
}
