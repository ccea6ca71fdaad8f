package dev.dialplane.local.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.dialplane.local.components.ComponentFinder;
import dev.dialplane.local.components.ComponentSet;
import dev.dialplane.local.process.ChildProcesses;
import dev.dialplane.local.process.ProcessLedger;
import dev.dialplane.local.progress.Progress;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalClusterApiServerIT {
    @TempDir
    static Path directory;

    static LocalCluster cluster;

    @BeforeAll
    static void start() throws IOException {
        Progress progress = Progress.to(System.out);
        Path components = ComponentFinder.ofThisMachine(progress).find(ComponentSet.KUBERNETES);
        cluster = LocalCluster.start(new ClusterOptions(
                directory,
                directory.resolve("logs"),
                components,
                true,
                new ChildProcesses(ProcessLedger.create(directory.resolve("pids"))),
                progress));
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void aUserMayDoWhatRbacGrantsAndNothingElse() throws IOException {
        cluster.createNamespace("rbac");
        cluster.client()
                .serviceAccounts()
                .resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName("nobody")
                        .withNamespace("rbac")
                        .endMetadata()
                        .build())
                .create();
        try (KubernetesClient nobody = Clients.of(cluster.serviceAccountKubeconfig("rbac", "nobody"))) {
            assertThatThrownBy(() -> nobody.pods().inNamespace("rbac").list())
                    .isInstanceOf(KubernetesClientException.class)
                    .hasMessageContaining("system:serviceaccount:rbac:nobody")
                    .extracting(e -> ((KubernetesClientException) e).getCode())
                    .isEqualTo(403);
        }
    }

    @Test
    void aTokenIsReviewedByItsAudience() throws IOException {
        cluster.createNamespace("review");
        String token = cluster.client()
                .serviceAccounts()
                .inNamespace("review")
                .withName("default")
                .tokenRequest(new io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder()
                        .withNewSpec()
                        .withAudiences("dialplane-operator")
                        .withExpirationSeconds(600L)
                        .endSpec()
                        .build())
                .getStatus()
                .getToken();
        assertThat(review(token, "dialplane-operator").getStatus().getAuthenticated())
                .isTrue();
        assertThat(review(token, "somebody-else").getStatus().getAuthenticated())
                .isNotEqualTo(true);
    }

    private static TokenReview review(String token, String audience) {
        return cluster.client()
                .tokenReviews()
                .create(new TokenReviewBuilder()
                        .withNewSpec()
                        .withToken(token)
                        .withAudiences(audience)
                        .endSpec()
                        .build());
    }

    @Test
    void writesAreAuditedAndReadsAreNot() {
        cluster.createNamespace("audit");
        ConfigMap map = new ConfigMapBuilder()
                .withNewMetadata()
                .withName("audited-map")
                .withNamespace("audit")
                .endMetadata()
                .build();
        cluster.client().configMaps().resource(map).create();
        assertThat(cluster.client().configMaps().resource(map).get()).isNotNull();
        cluster.client().configMaps().resource(map).delete();
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(Files.readAllLines(cluster.auditLog()))
                        .filteredOn(line -> line.contains("audited-map"))
                        .hasSize(2)
                        .anyMatch(line -> line.contains("\"verb\":\"create\""))
                        .anyMatch(line -> line.contains("\"verb\":\"delete\"")));
    }

    @Test
    void ownedObjectsAreCollectedWithTheirOwner() {
        cluster.createNamespace("collect");
        ConfigMap owner = cluster.client().configMaps().resource(map("owner")).create();
        ConfigMap owned = new ConfigMapBuilder(map("owned"))
                .editMetadata()
                .addNewOwnerReference()
                .withApiVersion("v1")
                .withKind("ConfigMap")
                .withName("owner")
                .withUid(owner.getMetadata().getUid())
                .endOwnerReference()
                .endMetadata()
                .build();
        cluster.client().configMaps().resource(owned).create();
        cluster.client().configMaps().resource(owner).delete();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> cluster.client().configMaps().resource(owned).get() == null);
    }

    private static ConfigMap map(String name) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace("collect")
                .endMetadata()
                .build();
    }

    @Test
    void dataOutlivesARestartOfTheApiServer() throws IOException {
        cluster.createNamespace("outlives");
        cluster.stopApiServer();
        assertThatThrownBy(() -> cluster.client().namespaces().list()).isInstanceOf(KubernetesClientException.class);
        cluster.startApiServer();
        assertThat(cluster.client().namespaces().withName("outlives").get()).isNotNull();
    }
}
