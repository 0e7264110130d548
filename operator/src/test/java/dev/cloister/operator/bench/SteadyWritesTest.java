package dev.cloister.operator.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.cloister.api.ResearchProject;
import dev.cloister.api.Workspace;
import dev.cloister.operator.cluster.FakeNode;
import dev.cloister.operator.kube.Labels;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LimitRange;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("bench")
@Tag("steady-writes")
class SteadyWritesTest {

    private static final int PROJECTS = 50;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static final List<Class<? extends HasMetadata>> OURS = List.of(
            Namespace.class,
            NetworkPolicy.class,
            ResourceQuota.class,
            LimitRange.class,
            ServiceAccount.class,
            PersistentVolumeClaim.class,
            Job.class,
            Pod.class);

    private static final Figure.Subject SUBJECT =
            new Figure.Subject("steady-writes", "writes per minute", "0", "the limit", """
            API writes of the operator in a minute in which nobody changes anything, with %d projects and a running \
            desktop in each. The minute begins with the start of a new operator, which looks at everything once. Every \
            request that is no GET counts, where it leaves the operator's HTTP client; and the resource versions of all \
            custom resources and all objects made from them must be the same after as before. At the end a policy is \
            deleted, and that its return is counted shows that the counter counts. On the lab's control plane, where a stand-in says of pods what a \
            kubelet would. The one lease of leader election, renewed every few seconds whatever the number of projects, is \
            not part of this run.""".formatted(PROJECTS));

    @Test
    void aQuietMinuteWithFiftyProjects() throws IOException, InterruptedException {
        try (var lab = new ControlPlane();
                var _ = new FakeNode(lab.client)) {
            var projects = new ArrayList<ResearchProject>();
            for (var n = 0; n < PROJECTS; n++) {
                var project = lab.bench.project("-" + n);
                projects.add(lab.client.resource(project).create());
                lab.client.resource(lab.bench.workspace(project, "-alice")).create();
            }
            Bench.await().pollInterval(Duration.ofSeconds(1)).until(() -> running(lab) == PROJECTS);
            Bench.await().until(lab.cluster::quiet);

            var versions = versions(lab);
            var before = lab.cluster.writes();
            lab.restart();
            Thread.sleep(MINUTE);
            var writes = since(before, lab);
            var after = versions(lab);

            SUBJECT.of(new Samples(List.of((double) writes.size())), new Samples(List.of(0.0)))
                    .write();
            assertEquals(List.of(), writes);
            assertEquals(versions, after);
            aDeletedPolicyComesBackAndIsCounted(lab, projects.getLast());
        }
    }

    private static void aDeletedPolicyComesBackAndIsCounted(ControlPlane lab, ResearchProject project) {
        var before = lab.cluster.writes();
        var namespace = ResearchProject.namespaceOf(project.getMetadata().getName());
        lab.client
                .network()
                .v1()
                .networkPolicies()
                .inNamespace(namespace)
                .withName("default-deny")
                .delete();
        Bench.await().until(() -> !since(before, lab).isEmpty());
    }

    private static List<String> since(List<String> before, ControlPlane lab) {
        var writes = lab.cluster.writes();
        return writes.subList(before.size(), writes.size());
    }

    private static long running(ControlPlane lab) {
        return lab.client.resources(Workspace.class).list().getItems().stream()
                .filter(workspace ->
                        workspace.getStatus() != null && workspace.getStatus().isTrue("Ready"))
                .count();
    }

    /** The resource version of each object there is. */
    private static Map<String, String> versions(ControlPlane lab) {
        var versions = new TreeMap<String, String>();
        for (var kind : OURS) {
            lab.client
                    .resources(kind)
                    .inAnyNamespace()
                    .withLabel(Labels.MANAGED_BY, Labels.OPERATOR)
                    .list()
                    .getItems()
                    .forEach(object -> note(versions, object));
        }
        lab.client.resources(ResearchProject.class).list().getItems().forEach(object -> note(versions, object));
        lab.client.resources(Workspace.class).list().getItems().forEach(object -> note(versions, object));
        return versions;
    }

    private static void note(Map<String, String> versions, HasMetadata object) {
        var metadata = object.getMetadata();
        versions.put(
                object.getKind() + " " + metadata.getNamespace() + "/" + metadata.getName(),
                metadata.getResourceVersion());
    }
}
