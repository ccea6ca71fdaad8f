package dev.dialplane.local.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ContainerEnvironmentTest {
    private static final Pod POD = new PodBuilder()
            .withNewMetadata()
            .withName("p")
            .withNamespace("ns")
            .withUid("u")
            .withLabels(Map.of("a/b", "label"))
            .endMetadata()
            .withNewSpec()
            .withNodeName("node")
            .withServiceAccountName("account")
            .endSpec()
            .build();

    private static final Sources SOURCES = new Sources() {
        @Override
        public Optional<Map<String, byte[]>> configMap(String name) {
            return name.equals("settings")
                    ? Optional.of(Map.of("COLOR", "blue".getBytes(StandardCharsets.UTF_8)))
                    : Optional.empty();
        }

        @Override
        public Optional<Map<String, byte[]>> secret(String name) {
            return name.equals("keys")
                    ? Optional.of(Map.of("KEY", "k".getBytes(StandardCharsets.UTF_8)))
                    : Optional.empty();
        }
    };

    @Test
    void everyKindOfSourceBecomesAVariable() throws ContainerConfigException {
        Container container = new ContainerBuilder()
                .withName("c")
                .addNewEnvFrom()
                .withPrefix("P_")
                .withNewConfigMapRef("settings", false)
                .endEnvFrom()
                .addNewEnv()
                .withName("SECRET")
                .withNewValueFrom()
                .withNewSecretKeyRef("KEY", "keys", false)
                .endValueFrom()
                .endEnv()
                .addNewEnv()
                .withName("UID")
                .withNewValueFrom()
                .withNewFieldRef("v1", "metadata.uid")
                .endValueFrom()
                .endEnv()
                .addNewEnv()
                .withName("LABEL")
                .withNewValueFrom()
                .withNewFieldRef("v1", "metadata.labels['a/b']")
                .endValueFrom()
                .endEnv()
                .addNewEnv()
                .withName("JOINED")
                .withValue("$(P_COLOR)-$(UID)-$(GIVEN)")
                .endEnv()
                .addNewEnv()
                .withName("FILE")
                .withValue("/data/file")
                .endEnv()
                .addNewEnv()
                .withName("ABSENT")
                .withNewValueFrom()
                .withNewConfigMapKeyRef("x", "none", true)
                .endValueFrom()
                .endEnv()
                .build();
        assertThat(environment(container).variables(Map.of("GIVEN", "g")))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "GIVEN", "g",
                        "P_COLOR", "blue",
                        "SECRET", "k",
                        "UID", "u",
                        "LABEL", "label",
                        "JOINED", "blue-u-g",
                        "FILE", "/pod/data/file"));
    }

    @Test
    void whatIsMissingIsNamed() {
        assertThatThrownBy(() -> environment(new ContainerBuilder()
                                .addNewEnv()
                                .withName("X")
                                .withNewValueFrom()
                                .withNewSecretKeyRef("other", "keys", false)
                                .endValueFrom()
                                .endEnv()
                                .build())
                        .variables(Map.of()))
                .isInstanceOf(ContainerConfigException.class)
                .hasMessage("couldn't find key other in secret keys");
        assertThatThrownBy(() -> environment(new ContainerBuilder()
                                .addNewEnvFrom()
                                .withNewConfigMapRef("none", false)
                                .endEnvFrom()
                                .build())
                        .variables(Map.of()))
                .hasMessage("configmap \"none\" not found");
        assertThatThrownBy(() -> environment(new ContainerBuilder()
                                .addNewEnv()
                                .withName("X")
                                .withNewValueFrom()
                                .withNewFieldRef("v1", "spec.hostname")
                                .endValueFrom()
                                .endEnv()
                                .build())
                        .variables(Map.of()))
                .hasMessageStartingWith("fieldPath spec.hostname is not supported: allowed are metadata.name");
    }

    @Test
    void theContainersCommandReplacesTheImagesAndItsArgumentsFollow() {
        Container args =
                new ContainerBuilder().withArgs("--file=/data/f", "$(A)").build();
        assertThat(environment(args).commandLine(List.of("java", "-jar"), Map.of("A", "one")))
                .containsExactly("java", "-jar", "--file=/pod/data/f", "one");
        Container command = new ContainerBuilder(args).withCommand("/bin/$(A)").build();
        assertThat(environment(command).commandLine(List.of("java", "-jar"), Map.of("A", "one")))
                .containsExactly("/bin/one", "--file=/pod/data/f", "one");
    }

    private static ContainerEnvironment environment(Container container) {
        return new ContainerEnvironment(
                container,
                new DownwardFields(POD, "127.77.1.1"),
                SOURCES,
                MountPaths.of(Map.of("/data", Path.of("/pod/data"))));
    }
}
