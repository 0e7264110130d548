package dev.cloister.operator.cluster;

import static dev.cloister.operator.TestData.UNTIL;
import static dev.cloister.operator.TestData.project;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cloister.api.ResearchProject;
import dev.cloister.operator.kube.Labels;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ProjectTest extends ClusterTier {

    @Test
    void aProjectBecomesALockedNamespaceAndIsReady() {
        var project = create(project(name));

        var ready = awaitCondition(project, "Ready", "True", "Active");

        assertEquals("Access is open until " + UNTIL + ".", ready.getMessage());
        var live = cluster.admin().namespaces().withName(namespace).get();
        assertEquals("restricted", live.getMetadata().getLabels().get("pod-security.kubernetes.io/enforce"));
        assertEquals(
                List.of("Ingress", "Egress"), policy("default-deny").getSpec().getPolicyTypes());
        assertEquals(
                false,
                cluster.admin()
                        .serviceAccounts()
                        .inNamespace(namespace)
                        .withName("default")
                        .get()
                        .getAutomountServiceAccountToken());
    }

    @Test
    void whatHappenedToAProjectIsOnRecordAsEvents() {
        var project = create(project(name));
        awaitCondition(project, "Ready", "True", "Active");

        var uid = cluster.live(project).getMetadata().getUid();
        await().until(() -> cluster.admin().events().v1().events().inNamespace("default").list().getItems().stream()
                .filter(event -> uid.equals(event.getRegarding().getUid()))
                .map(event -> event.getNote().split(":")[0])
                .collect(Collectors.toSet())
                .equals(Set.of("Accepted", "NamespaceReady", "IsolationVerified", "AccessActive")));
    }

    @Test
    void nothingIsWrittenWhenNothingChanged() {
        var project = create(project(name));
        awaitCondition(project, "Ready", "True", "Active");
        awaitQuiet();
        var before = cluster.writes();

        // A reconcile of everything, caused by a new operator that has to look at all there is.
        stopOperator();
        startOperator();
        awaitQuiet();

        assertNoWrites(before, cluster.writes());
    }

    @Test
    void aNamespaceThatIsNotOursIsNeverAdopted() {
        var foreign = cluster.admin()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .endMetadata()
                        .build())
                .create();

        var project = create(project(name));

        var accepted = awaitCondition(project, "Accepted", "False", "NamespaceNotOurs");
        assertTrue(accepted.getMessage().contains("Give the project another name"), accepted.getMessage());
        assertNull(policy("default-deny"));
        assertEquals(
                foreign.getMetadata().getLabels(),
                cluster.live(foreign).getMetadata().getLabels());
    }

    @Test
    void aRuleThatSomebodyAddsToAPolicyIsTakenOutAgain() {
        var project = create(project(name));
        awaitCondition(project, "Ready", "True", "Active");
        var denied = policy("default-deny").getSpec();

        cluster.admin().resource(policy("default-deny")).edit(policy -> policy.edit()
                .editSpec()
                .addNewEgress()
                .endEgress()
                .endSpec()
                .build());

        await().until(() -> policy("default-deny").getSpec(), is(denied));
    }

    @Test
    void whatIsRemovedComesBackAndWhatIsRelabelledIsPutRight() {
        var project = create(project(name));
        awaitCondition(project, "Ready", "True", "Active");

        cluster.admin().resource(policy("default-deny")).delete();
        cluster.admin().namespaces().withName(namespace).edit(live -> live.edit()
                .editMetadata()
                .addToLabels("pod-security.kubernetes.io/enforce", "privileged")
                .endMetadata()
                .build());

        await().until(() -> policy("default-deny") != null);
        await().until(
                        () -> cluster.admin()
                                .namespaces()
                                .withName(namespace)
                                .get()
                                .getMetadata()
                                .getLabels()
                                .get("pod-security.kubernetes.io/enforce"),
                        is("restricted"));
    }

    @Test
    void aPolicyThatBearsOurLabelButIsNotInThePlanGoes() {
        var project = create(project(name));
        awaitCondition(project, "Ready", "True", "Active");

        var opening = cluster.admin()
                .resource(new NetworkPolicyBuilder()
                        .withNewMetadata()
                        .withName("open-everything")
                        .withNamespace(namespace)
                        .withLabels(Labels.ofProject(name))
                        .endMetadata()
                        .withNewSpec()
                        .withNewPodSelector()
                        .endPodSelector()
                        .addNewEgress()
                        .endEgress()
                        .withPolicyTypes("Egress")
                        .endSpec()
                        .build())
                .create();

        await().until(() -> cluster.live(opening) == null);
    }

    @Test
    void anOpenTargetKeepsTheProjectShutUntilAProbePasses() {
        node.reporting("probe", "Open");
        var project = create(project(name));

        var verdict = awaitCondition(project, "IsolationVerified", "False", "TargetOpen");
        assertTrue(
                verdict.getMessage().contains("api (tcp://10.96.0.1:443) answers from inside"), verdict.getMessage());
        assertEquals("False", condition(project, "Ready").orElseThrow().getStatus());

        node.reporting("probe", "Blocked");
        clock.moveTo(clock.instant().plus(Duration.ofMinutes(2)));
        touch(project);
        awaitCondition(project, "Ready", "True", "Active");
    }

    @Test
    void silenceProvesNothingWhereTheControlIsSilentToo() {
        node.reporting("control", "Blocked");
        var project = create(project(name));

        var verdict = awaitCondition(project, "IsolationVerified", "False", "ProbeInconclusive");
        assertTrue(
                verdict.getMessage().contains("the control outside the project got no answer"), verdict.getMessage());
    }

    @Test
    void theApprovalOpensAndClosesByItself() {
        clock.moveTo(UNTIL.minusMillis(300));
        var project = create(project(name));
        awaitCondition(project, "AccessActive", "True", "Active");

        // No event comes: the operator has set itself an alarm for the instant that the policy named.
        clock.moveTo(UNTIL);
        awaitCondition(project, "AccessActive", "False", "ApprovalEnded");
        assertEquals(namespace, cluster.live(project).getStatus().namespace);
    }

    @Test
    void aDeletedProjectLeavesItsDataSealedAndItsNameTaken() {
        var first = create(project(name));
        awaitCondition(first, "Ready", "True", "Active");

        cluster.admin().resource(first).delete();
        await().until(() -> cluster.live(first) == null);

        var quota = cluster.admin()
                .resourceQuotas()
                .inNamespace(namespace)
                .withName("project")
                .get();
        assertEquals("0", quota.getSpec().getHard().get("pods").toString());
        var second = create(project(name));
        awaitCondition(second, "Accepted", "False", "NamespaceHoldsOldData");
    }

    @Test
    void theStatusIsWrittenForTheNewestOfManyEdits() {
        var project = create(project(name));
        for (var edit = 1; edit <= 50; edit++) {
            var title = "Outcomes of lung cancer, version " + edit;
            edit(project, live -> live.getSpec().title = title);
        }
        var newest = cluster.live(project).getMetadata().getGeneration();

        await().until(() -> cluster.live(project).getStatus().observedGeneration, is(newest));
        awaitCondition(project, "Ready", "True", "Active");
    }

    private NetworkPolicy policy(String name) {
        return cluster.admin()
                .network()
                .v1()
                .networkPolicies()
                .inNamespace(namespace)
                .withName(name)
                .get();
    }

    /** A change that asks for nothing, to wake the operator without waiting for its own alarm. */
    private void touch(ResearchProject project) {
        edit(project, live -> live.getSpec().title += ".");
    }
}
