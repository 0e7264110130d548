package dev.cloister.operator.bench;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.cloister.api.ResearchProject;
import dev.cloister.operator.TestData;
import dev.cloister.operator.isolation.ProbePlan;
import dev.cloister.operator.project.NamespacePlan;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("bench")
@Tag("create-one")
class CreateOneTest {

    private static final int WARM_UP = 10;
    private static final int RUNS = 30;

    private static final Figure.Subject SUBJECT = new Figure.Subject(
            "create-one", "ms", "under 1,000", "the same objects by a bare client", """
            From the apply of one project and one workspace until a watch has seen the last object before the desktop's \
            gate: namespace, two network policies, quota, limits, service account, shared claim, and the two pods of the \
            isolation probe. The peer takes turns with it and applies the same objects, one after another, with \
            server-side apply, until the same watch has seen the last; it gets no project and no workspace, so the \
            ratio is what their admission, the operator's watches, its decisions and its statuses cost. %d runs each after %d \
            to warm up, on the lab's control plane without a node; the operator runs in the same Java process.""".formatted(RUNS, WARM_UP));

    @Test
    void fromApplyToEveryObjectUpToTheGate() throws IOException {
        var ours = new ArrayList<Double>();
        var peers = new ArrayList<Double>();
        try (var lab = new ControlPlane();
                var probes = new ProbeArrivals(lab.client)) {
            for (var run = 0; run < WARM_UP + RUNS; run++) {
                Bench.await().until(lab.cluster::quiet);
                var our = withOperator(lab, probes, lab.bench.project("-" + run));
                Bench.await().until(lab.cluster::quiet);
                var peer = bare(lab, probes, lab.bench.project("-" + run + "-bare"));
                if (run >= WARM_UP) {
                    ours.add(our);
                    peers.add(peer);
                }
            }
        }
        SUBJECT.of(new Samples(ours), new Samples(peers)).write();
    }

    private static double withOperator(ControlPlane lab, ProbeArrivals probes, ResearchProject project) {
        var workspace = lab.bench.workspace(project, "-alice");
        var start = System.nanoTime();
        var live = lab.client.resource(project).serverSideApply();
        lab.client.resource(workspace).serverSideApply();
        var millis = probes.millisUntilBoth(project, start);
        for (var object : NamespacePlan.of(live, TestData.SETTINGS)) {
            assertNotNull(lab.client.resource(object).get(), () -> object.getKind() + " is missing");
        }
        return millis;
    }

    private static double bare(ControlPlane lab, ProbeArrivals probes, ResearchProject project) {
        var name = project.getMetadata().getName();
        project.getMetadata().setUid("00000000-0000-0000-0000-000000000001");
        var objects = NamespacePlan.of(project, TestData.SETTINGS);
        var pods = List.of(
                ProbePlan.control(name, "0123456789abcdef", TestData.SETTINGS),
                ProbePlan.probe(name, "0123456789abcdef", TestData.SETTINGS));
        var start = System.nanoTime();
        objects.forEach(object -> lab.client.resource(object).serverSideApply());
        pods.forEach(pod -> applyOnceAdmitted(lab, pod));
        return probes.millisUntilBoth(project, start);
    }

    /** A pod is refused until Kubernetes has counted what its new quota admits. */
    private static void applyOnceAdmitted(ControlPlane lab, Pod pod) {
        Bench.await()
                .ignoreExceptionsMatching(e -> e instanceof KubernetesClientException k && k.getCode() == 403)
                .until(() -> lab.client.resource(pod).serverSideApply() != null);
    }
}
