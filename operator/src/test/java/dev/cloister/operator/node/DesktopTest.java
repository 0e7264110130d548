package dev.cloister.operator.node;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.cloister.api.Member.Role;
import dev.cloister.api.ResearchProject;
import dev.cloister.api.Workspace;
import dev.cloister.operator.TestData;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DesktopTest extends NodeTier {

    private static final String OPERATOR = "system:serviceaccount:cloister-system:cloister-operator";

    /** Tries to connect, from inside, for two seconds; prints what happened. */
    private static final String CONNECT = """
            import socket, sys
            kind, host, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM)
            s.settimeout(2)
            try:
                s.connect((host, port))
                if kind == "udp":
                    # A question for kubernetes.default.svc.cluster.local, as dig would send it.
                    name = b"".join(bytes([len(p)]) + p for p in b"kubernetes.default.svc.cluster.local".split(b"."))
                    s.send(b"\\x12\\x34\\x01\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00" + name + b"\\x00\\x00\\x01\\x00\\x01")
                    s.recv(512)
                print("open")
            except TimeoutError:
                print("silence")
            except OSError as e:
                print(e)
            """;

    private ResearchProject project;
    private Workspace alices;
    private Workspace bobs;
    private Workspace elsewhere;

    @BeforeAll
    void desktops() {
        project = makeProject();
        alices = makeWorkspace(project, "alice");
        bobs = makeWorkspace(project, "bob");
        elsewhere = makeWorkspace(makeProject(), "alice");
        for (var workspace : List.of(alices, bobs, elsewhere)) {
            awaitReady(workspace, "Running");
        }
    }

    @Test
    void eachDesktopAnswersWithTheProtocolOfItsScreen() throws IOException {
        for (var workspace : List.of(alices, bobs, elsewhere)) {
            assertEquals("RFB 003.008\n", banner(workspace));
        }
    }

    Stream<Arguments> targets() {
        var api =
                client.services().inNamespace("default").withName("kubernetes").get();
        var dns = client.services()
                .inNamespace("kube-system")
                .withName("kube-dns")
                .get();
        var node = desktop(alices).getStatus().getHostIP();
        return Stream.of(
                arguments("the API server", "tcp", api.getSpec().getClusterIP(), 443),
                arguments("the cluster's DNS", "udp", dns.getSpec().getClusterIP(), 53),
                arguments("the cluster's DNS over TCP", "tcp", dns.getSpec().getClusterIP(), 53),
                arguments("the kubelet of its own node", "tcp", node, 10250),
                arguments(
                        "a colleague's desktop in the same project",
                        "tcp",
                        desktop(bobs).getStatus().getPodIP(),
                        5901),
                arguments(
                        "a desktop in another project",
                        "tcp",
                        desktop(elsewhere).getStatus().getPodIP(),
                        5901));
    }

    /** That the targets are real is shown elsewhere: by the probe's control, and by the banners of the desktops. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("targets")
    void aDesktopGetsNoAnswerFrom(String what, String kind, String host, int port) throws Exception {
        assertEquals("silence", run(alices, "python3", "-c", CONNECT, kind, host, Integer.toString(port)));
    }

    @Test
    void theResearcherHasNoTokenNoResolverAndNoWayToBeSomebodyElse() throws Exception {
        assertAll(
                () -> assertTrue(run(alices, "ls", "/var/run/secrets").contains("No such file")),
                () -> assertTrue(run(alices, "getent", "hosts", "kubernetes.default.svc.cluster.local")
                        .isEmpty()),
                () -> assertEquals("1000", run(alices, "id", "-u")),
                () -> assertTrue(run(alices, "touch", "/usr/bin/mine").contains("Read-only file system")),
                () -> assertTrue(run(alices, "rm", "-f", "/tmp/.X11-unix/X1").contains("Read-only file system")),
                () -> assertTrue(run(alices, "grep", "-E", "CapBnd|NoNewPrivs|Seccomp:", "/proc/self/status")
                        .replaceAll("\\s+", " ")
                        .equals("CapBnd: 0000000000000000 NoNewPrivs: 1 Seccomp: 2")));
    }

    @Test
    void theHomeOutlivesAStopAndTheSharedFolderIsShared() throws Exception {
        run(alices, "sh", "-c", "echo kept >~/work.txt; echo for bob >/shared/note.txt");
        assertEquals("for bob", run(bobs, "cat", "/shared/note.txt"));

        edit(alices, live -> live.getSpec().running = false);
        awaitReady(alices, "Stopped");
        await().until(() -> client.pods()
                .inNamespace(namespace())
                .withLabel("cloister.dev/workspace", alices.getMetadata().getName())
                .list()
                .getItems()
                .isEmpty());
        edit(alices, live -> live.getSpec().running = true);
        awaitReady(alices, "Running");

        assertEquals("kept", run(alices, "sh", "-c", "cat ~/work.txt"));
    }

    @Test
    void anExtensionDoesNotTouchTheSession() {
        var before = desktop(bobs).getMetadata().getUid();
        var deadline = deadline(bobs);

        edit(
                project,
                live -> live.getSpec().approval.until =
                        Instant.now().plus(Duration.ofDays(2)).toString());

        await().until(() -> deadline(bobs) > deadline + 80_000);
        assertEquals(before, desktop(bobs).getMetadata().getUid());
    }

    @Test
    void theDesktopEndsAtItsDeadlineWithTheOperatorGone() {
        var carol = makeProject();
        var workspace = makeWorkspace(carol, "bob");
        awaitReady(workspace, "Running");
        var pod = desktop(workspace);
        var until = Instant.now().plusSeconds(25);
        edit(carol, live -> {
            live.getSpec().members =
                    List.of(TestData.member("alice", Role.Lead), TestData.member("bob", Role.Researcher));
            live.getSpec().members.getLast().until = until.toString();
        });
        await().until(() -> deadline(workspace) < 3000);

        scaleOperator(0);
        try {
            await().until(() -> client.resource(pod).get() == null);
            var ended = Instant.now();
            assertFalse(ended.isAfter(until.plusSeconds(15)), "ended at " + ended + ", access until " + until);
        } finally {
            scaleOperator(1);
        }
        await().until(() -> client.resource(workspace)
                .get()
                .getStatus()
                .condition("AccessActive")
                .map(c -> "MembershipEnded".equals(c.getReason()))
                .orElse(false));
    }

    static Stream<Arguments> rightsNotHeld() {
        return Stream.of(
                arguments("get", "", "secrets", ""),
                arguments("create", "", "pods", "exec"),
                arguments("create", "", "pods", "portforward"),
                arguments("impersonate", "", "users", ""),
                arguments("get", "", "nodes", "proxy"),
                arguments("create", "rbac.authorization.k8s.io", "clusterrolebindings", ""),
                arguments("delete", "", "namespaces", ""),
                arguments("update", "cloister.dev", "workspacetemplates", ""));
    }

    @ParameterizedTest(name = "{0} {1} {2} {3}")
    @MethodSource("rightsNotHeld")
    void theOperatorHasNoRightTo(String verb, String group, String resource, String subresource) {
        assertFalse(mayOperator(verb, group, resource, subresource));
    }

    @Test
    void theQuestionAboutRightsIsARealOne() {
        assertTrue(mayOperator("create", "networking.k8s.io", "networkpolicies", ""));
    }

    private boolean mayOperator(String verb, String group, String resource, String subresource) {
        return client.resource(new SubjectAccessReviewBuilder()
                        .withNewSpec()
                        .withUser(OPERATOR)
                        .withNewResourceAttributes()
                        .withVerb(verb)
                        .withGroup(group)
                        .withResource(resource)
                        .withSubresource(subresource)
                        .withNamespace(namespace())
                        .endResourceAttributes()
                        .endSpec()
                        .build())
                .create()
                .getStatus()
                .getAllowed();
    }

    private String namespace() {
        return ResearchProject.namespaceOf(project.getMetadata().getName());
    }

    private long deadline(Workspace workspace) {
        return client.batch()
                .v1()
                .jobs()
                .inNamespace(ResearchProject.namespaceOf(workspace.getSpec().project))
                .withName("desktop-" + workspace.getMetadata().getName())
                .get()
                .getSpec()
                .getActiveDeadlineSeconds();
    }

    private void scaleOperator(int replicas) {
        var operator =
                client.apps().deployments().inNamespace("cloister-system").withName("cloister-operator");
        operator.scale(replicas);
        await().until(() -> client.pods()
                        .inNamespace("cloister-system")
                        .withLabelSelector(operator.get().getSpec().getSelector())
                        .list()
                        .getItems()
                        .size()
                == replicas);
    }

    /** The first words of the RFB server (RFC 6143, 7.1.1), through the administrator's own tunnel into the pod. */
    private String banner(Workspace workspace) throws IOException {
        try (var tunnel = client.pods().resource(desktop(workspace)).portForward(5901);
                var socket = new Socket(InetAddress.getLoopbackAddress(), tunnel.getLocalPort());
                InputStream in = socket.getInputStream()) {
            socket.setSoTimeout(10_000);
            return new String(in.readNBytes(12), StandardCharsets.US_ASCII);
        }
    }
}
