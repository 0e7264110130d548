package dev.cloister.operator;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.fabric8.kubernetes.client.CustomResource;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;

/** Decisions and plans are pure: only the classes named here talk to the cluster. */
@AnalyzeClasses(packages = "dev.cloister.operator", importOptions = ImportOption.DoNotIncludeTests.class)
class PureCoreTest {

    private static final String SHELL =
            "(Applier|Children|Events|OwnedEvents|StatusWriter|.*Reconciler|Wiring|LoopHealth.*)";

    @ArchTest
    static final ArchRule onlyTheShellTalksToTheCluster = noClasses()
            .that()
            .haveNameNotMatching(".*\\." + SHELL + "([$].*)?")
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                            "io.fabric8.kubernetes.client..", "io.javaoperatorsdk..", "io.quarkus..", "jakarta..")
                    .and(not(assignableTo(CustomResource.class)))
                    .and(not(simpleNameEndingWith("KubernetesClientException"))));

    @ArchTest
    static final ArchRule onlyTheWiringKnowsTheTime = noClasses()
            .that()
            .doNotHaveSimpleName("Wiring")
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(LocalDate.class, "now")
            .orShould()
            .callMethod(LocalDateTime.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Clock.class);

    @ArchTest
    static final ArchRule noCycles =
            slices().matching("dev.cloister.operator.(*)..").should().beFreeOfCycles();
}
