package dev.dialplane.operator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.dialplane.operator.pool.CreationPace;
import dev.dialplane.operator.pool.CreationPaces;
import dev.dialplane.operator.pool.LossRule;
import dev.dialplane.operator.pool.PoolPlan;
import dev.dialplane.operator.pool.PoolStatusRule;
import dev.dialplane.operator.pool.Trial;
import java.time.Clock;

@AnalyzeClasses(packages = "dev.dialplane.operator", importOptions = ImportOption.DoNotIncludeTests.class)
class DecisionsArePlainTest {

    private static final String[] WORLD = {
        "io.fabric8..",
        "io.grpc..",
        "io.javaoperatorsdk..",
        "io.quarkus..",
        "io.micrometer..",
        "com.google.protobuf..",
        "dev.dialplane.contracts.*.v1..",
        "dev.dialplane.contracts.tls.."
    };

    @ArchTest
    static final ArchRule sizingKnowsNoWorld = noClasses()
            .that()
            .resideInAPackage("..operator.sizing..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(WORLD);

    @ArchTest
    static final ArchRule plansAndStatusesKnowNoWorld = noClasses()
            .that()
            .belongToAnyOf(PoolPlan.class, PoolStatusRule.class)
            .or()
            .haveSimpleName("Agent")
            .or()
            .haveSimpleName("AgentPod")
            .or()
            .haveSimpleName("BackOff")
            .or()
            .belongToAnyOf(LossRule.class, Trial.class)
            .or()
            .haveSimpleName("LeavingOrder")
            .or()
            .haveSimpleName("StartRule")
            .or()
            .belongToAnyOf(CreationPace.class, CreationPaces.class)
            .or()
            .haveSimpleName("NodeSigns")
            .or()
            .haveSimpleName("Target")
            .or()
            .haveSimpleName("AnswerCheck")
            .or()
            .haveSimpleName("ModelCheck")
            .or()
            .haveSimpleName("RecordingCheck")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(WORLD);

    @ArchTest
    static final ArchRule decisionsAreGivenTheTime = noClasses()
            .that()
            .resideInAPackage("..operator.sizing..")
            .or()
            .belongToAnyOf(PoolPlan.class, PoolStatusRule.class, LossRule.class)
            .or()
            .haveSimpleName("NodeSigns")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(Clock.class)
            .orShould()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime");

    @ArchTest
    static final ArchRule everyWriteIsCounted = noClasses()
            .that()
            .resideOutsideOfPackage("..operator.kube..")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("io.fabric8.kubernetes.client.dsl.base.PatchContext")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("io.fabric8.kubernetes.api.model.DeleteOptions");
}
