package dev.cloister.operator.cluster;

import static dev.cloister.operator.TestData.project;
import static dev.cloister.operator.TestData.template;
import static dev.cloister.operator.TestData.workspace;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.cloister.operator.kube.Labels;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LimitRange;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The chart gives the operator the rights that it uses, and no other. */
class RightsTest extends ClusterTier {

    /** Given, but not seen here: only the operator as a program elects a leader, and looks for its API when it starts. */
    private static final Set<String> OF_THE_PROGRAM =
            Set.of("leases.coordination.k8s.io", "customresourcedefinitions.apiextensions.k8s.io");

    @Test
    void theChartGivesExactlyTheRightsThatTheOperatorUses() throws IOException {
        liveThroughEverything();

        var used = texts(cluster.rights().stream());
        var given = texts(given());
        given.removeIf(right -> OF_THE_PROGRAM.stream().anyMatch(right::endsWith));
        assertEquals(given, used);
    }

    /** One life of a project: made, guarded, meddled with, worked in, ended, deleted. */
    private void liveThroughEverything() {
        clock.moveTo(Instant.now());
        node.finishingAt(clock.instant());
        var project = project(name);
        project.getSpec().approval.until =
                clock.instant().plus(Duration.ofDays(100)).toString();
        create(template("r"));
        create(project);
        var workspace = create(workspace(name + "-alice", name, "alice", "r"));
        awaitCondition(workspace, "Ready", "True", "Running");
        addFieldsBesideOurs();
        addGuardsBesideOurs();

        // A Job that ended is removed for a new one.
        edit(workspace, live -> live.getSpec().running = false);
        awaitCondition(workspace, "Ready", "True", "Stopped");
        cluster.admin().resource(workspace).delete();
        await().until(() -> cluster.live(workspace) == null);
        clock.moveTo(clock.instant().plus(Duration.ofDays(31)));
        edit(project, live -> live.getSpec().title += ".");
        await().until(() -> cluster.rights().contains(new Right("delete", "", "persistentvolumeclaims")));
        cluster.admin().resource(project).delete();
        await().until(() -> cluster.live(project) == null);
    }

    private void addFieldsBesideOurs() {
        var admin = cluster.admin();
        admin.network()
                .v1()
                .networkPolicies()
                .inNamespace(namespace)
                .withName("default-deny")
                .edit(policy -> policy.edit()
                        .editSpec()
                        .addNewEgress()
                        .endEgress()
                        .endSpec()
                        .build());
        admin.resourceQuotas().inNamespace(namespace).withName("project").edit(quota -> quota.edit()
                .editSpec()
                .addToHard("pods", new Quantity("99"))
                .endSpec()
                .build());
        awaitRights("update", "networkpolicies", "resourcequotas");
    }

    private void addGuardsBesideOurs() {
        var admin = cluster.admin();
        for (Class<? extends HasMetadata> kind :
                List.<Class<? extends HasMetadata>>of(NetworkPolicy.class, ResourceQuota.class, LimitRange.class)) {
            HasMetadata ours = admin.resources(kind)
                    .inNamespace(namespace)
                    .withLabel(Labels.MANAGED_BY, Labels.OPERATOR)
                    .list()
                    .getItems()
                    .getFirst();
            ours.getMetadata().setName("beside");
            ours.getMetadata().setResourceVersion(null);
            ours.getMetadata().setManagedFields(null);
            admin.resource(ours).create();
        }
        awaitRights("delete", "networkpolicies", "resourcequotas", "limitranges");
    }

    private void awaitRights(String verb, String... resources) {
        await().until(() -> Stream.of(resources).allMatch(resource -> cluster.rights().stream()
                .anyMatch(right -> right.verb().equals(verb) && right.resource().equals(resource))));
    }

    private static TreeSet<String> texts(Stream<Right> rights) {
        return rights.map(Right::toString).collect(Collectors.toCollection(TreeSet::new));
    }

    /** The rules of the chart's template, read without Helm: the lines with templates in them say nothing of rights. */
    private static Stream<Right> given() throws IOException {
        var plain = Files.readAllLines(Path.of("../charts/cloister/templates/rbac.yaml")).stream()
                .filter(line -> !line.contains("{{"))
                .collect(Collectors.joining("\n"));
        return Stream.of(plain.split("\n---\n"))
                .map(yaml -> new KubernetesSerialization().<HasMetadata>unmarshal(yaml))
                .flatMap(resource -> switch (resource) {
                    case ClusterRole role -> role.getRules().stream();
                    case Role role -> role.getRules().stream();
                    default -> Stream.empty();
                })
                .flatMap(RightsTest::rights);
    }

    private static Stream<Right> rights(PolicyRule rule) {
        return Set.copyOf(rule.getApiGroups()).stream().flatMap(group -> rule.getResources().stream()
                .flatMap(resource -> rule.getVerbs().stream().map(verb -> new Right(verb, group, resource))));
    }
}
