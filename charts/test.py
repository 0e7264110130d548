#!/usr/bin/env python3
"""Tests of the charts and of every file in samples/, against the API server of KUBECONFIG.

Nothing is kept there: objects are sent as server-side dry runs, and a namespace of its own goes at the end, as do the
definitions of the API unless they were there before. Needs helm, kubectl and lua5.1 (Argo CD's Lua) in PATH.
"""

import json
import pathlib
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
CHART, CRDS, SAMPLES = ROOT / "charts/cloister", ROOT / "charts/cloister-crds", ROOT / "samples"
NAMESPACE = "cloister-chart-test"

# What the chart otherwise looks up in the cluster.
REQUIRED = {
    "apiServer.addresses": [{"ip": "10.244.0.1", "port": 6443}, {"ip": "fd00::1", "port": 6443}],
    "isolation.targets": {"api": "tcp://10.96.0.1:443", "dns": "dns://[fd00::10]:53"},
}
EVERYTHING = REQUIRED | {
    "operator.replicas": 2,
    "storage": {"homeClass": "fast", "sharedClass": "wide", "sharedReadWriteMany": True},
    "monitoring.from": {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}},
    "isolation.extraEgress": [{"to": [{"ipBlock": {"cidr": "192.0.2.1/32"}}]}],
}


def run(*command, text=None):
    return subprocess.run([str(part) for part in command], input=text, capture_output=True, text=True, check=False)


def must(*command, text=None):
    done = run(*command, text=text)
    if done.returncode:
        raise AssertionError(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def values(settings):
    return [part for name, value in settings.items() for part in ("--set-json", f"{name}={json.dumps(value)}")]


def template(settings):
    # Helm assumes an ancient Kubernetes where it is built without its own release's flags.
    return run("helm", "template", "cloister", CHART, "-n", NAMESPACE, "--kube-version", "1.34.0", *values(settings))


def sent(manifest, *arguments):
    """The objects as the API server would store them, after its validation and admission."""
    applied = must("kubectl", "apply", "--dry-run=server", "-o", "json", "-f", "-", *arguments, text=manifest)
    answer = json.loads(applied)
    return answer["items"] if answer["kind"] == "List" else [answer]


def rendered(settings):
    done = template(settings)
    if done.returncode:
        raise AssertionError(done.stderr)
    return sent(done.stdout)


def of_kind(objects, *kinds):
    return [it for it in objects if it["kind"] in kinds]


def setUpModule():
    before = set(must("kubectl", "get", "crd", "-o", "name").split())
    crds = must("helm", "template", "crds", CRDS, "--kube-version", "1.34.0")
    made = must("kubectl", "apply", "--server-side", "--force-conflicts", "-o", "name", "-f", "-", text=crds).split()
    must("kubectl", "wait", "--for=condition=Established", *made)
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {
        "name": NAMESPACE, "labels": {"pod-security.kubernetes.io/enforce": "restricted"}}}
    must("kubectl", "apply", "-f", "-", text=json.dumps(namespace))
    unittest.addModuleCleanup(must, "kubectl", "delete", "namespace", NAMESPACE, "--wait=false")
    for crd in set(made) - before:
        unittest.addModuleCleanup(must, "kubectl", "delete", crd)


class Charts(unittest.TestCase):

    def test_the_definitions_stay_on_uninstall(self):
        crds = sent(must("helm", "template", "crds", CRDS, "--kube-version", "1.34.0"), "--server-side", "--force-conflicts")
        names = {crd["spec"]["names"]["kind"]: crd["metadata"]["annotations"] for crd in crds}
        self.assertLessEqual({"ResearchProject", "Workspace", "WorkspaceTemplate"}, set(names))
        for annotations in names.values():
            self.assertEqual("keep", annotations["helm.sh/resource-policy"])

    def test_the_api_server_takes_what_any_values_render(self):
        for settings in REQUIRED, EVERYTHING:
            self.assertEqual(1, len(of_kind(rendered(settings), "Deployment")))

    def test_what_cannot_be_looked_up_is_asked_for(self):
        for missing in REQUIRED:
            done = template({name: value for name, value in REQUIRED.items() if name != missing})
            self.assertNotEqual(0, done.returncode)
            self.assertIn(f"set {missing}", done.stderr)

    def test_wrong_values_are_refused_with_their_path(self):
        wrong = {
            "operator.replica": (2, "/operator"),
            "operator.replicas": (3, "/operator/replicas"),
            "operator.resources.limits.memroy": ("1Gi", "/operator/resources/limits"),
            "homeRetention": ("30 days", "/homeRetention"),
            "apiServer.addresses": ([{"ip": "api.example", "port": 6443}], "/apiServer/addresses/0/ip"),
            "isolation.targets": ({"api": "https://10.96.0.1"}, "/isolation/targets/api"),
            "isolation.retryAfter": ("1m", "/isolation/retryAfter"),
            "storage.sharedReadWriteMany": ("yes", "/storage/sharedReadWriteMany"),
            "monitoring.from": ({"pods": {}}, "/monitoring/from"),
        }
        for name, (value, path) in wrong.items():
            with self.subTest(name):
                done = template(REQUIRED | {name: value})
                self.assertNotEqual(0, done.returncode)
                self.assertIn(f"at '{path}'", done.stderr)

    def test_every_value_is_described(self):
        def undescribed(schema, path):
            for name, value in schema.get("properties", {}).items():
                if "description" not in value:
                    yield f"{path}.{name}"
                yield from undescribed(value, f"{path}.{name}")
        schema = json.loads((CHART / "values.schema.json").read_text())
        self.assertEqual([], list(undescribed(schema, "")))


class Rights(unittest.TestCase):

    def test_nothing_that_opens_everything(self):
        roles = of_kind(rendered(EVERYTHING), "ClusterRole", "Role")
        rules = [(group, resource, verb) for role in roles for rule in role["rules"] for group in rule["apiGroups"]
                 for resource in rule["resources"] for verb in rule["verbs"]]
        self.assertTrue(rules)
        for group, resource, verb in rules:
            self.assertNotIn("*", (group, resource, verb))
            self.assertNotIn(verb, ("impersonate", "escalate", "bind", "deletecollection"))
            self.assertNotEqual("rbac.authorization.k8s.io", group)
            kind, _, part = resource.partition("/")
            self.assertNotIn(kind, ("secrets", "nodes"))
            self.assertIn(part, ("", "status"))  # no exec, attach, portforward, proxy, token or ephemeralcontainers

    def test_the_operator_has_an_account_of_its_own(self):
        objects = rendered(REQUIRED)
        (deployment,) = of_kind(objects, "Deployment")
        account = deployment["spec"]["template"]["spec"]["serviceAccountName"]
        self.assertIn(account, [it["metadata"]["name"] for it in of_kind(objects, "ServiceAccount")])
        for binding in of_kind(objects, "ClusterRoleBinding", "RoleBinding"):
            self.assertEqual([{"kind": "ServiceAccount", "name": account, "namespace": NAMESPACE}], binding["subjects"])

    def test_pod_security_restricted_admits_its_pod(self):
        (deployment,) = of_kind(rendered(REQUIRED), "Deployment")
        pod = deployment["spec"]["template"]
        pod["spec"]["serviceAccountName"] = "default"  # the dry run made no other
        pod["metadata"] |= {"name": "operator", "namespace": NAMESPACE}
        must("kubectl", "wait", "-n", NAMESPACE, "--for=create", "serviceaccount/default", "--timeout=30s")
        sent(json.dumps({"apiVersion": "v1", "kind": "Pod"} | pod))


class Policies(unittest.TestCase):

    CONTROL = {"app.kubernetes.io/component": "isolation-control"}

    @staticmethod
    def opened(objects, labels):
        """What policies open for a pod with those labels: lists of ingress and of egress rules."""
        ingress, egress = [], []
        for policy in of_kind(objects, "NetworkPolicy"):
            if policy["spec"]["podSelector"].get("matchLabels", {}).items() <= labels.items():
                ingress += policy["spec"].get("ingress", [])
                egress += policy["spec"].get("egress", [])
        return ingress, egress

    @staticmethod
    def operator(objects):
        return of_kind(objects, "Deployment")[0]["spec"]["template"]["metadata"]["labels"]

    def test_everything_is_denied_both_ways(self):
        (policy,) = [it for it in of_kind(rendered(REQUIRED), "NetworkPolicy") if not it["spec"]["podSelector"]]
        self.assertEqual({"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}, policy["spec"])

    def test_the_operator_reaches_the_api_server_alone(self):
        objects = rendered(REQUIRED)
        port = [{"port": 6443, "protocol": "TCP"}]
        to_api = [{"to": [{"ipBlock": {"cidr": "10.244.0.1/32"}}], "ports": port},
                  {"to": [{"ipBlock": {"cidr": "fd00::1/128"}}], "ports": port}]
        self.assertEqual(([], to_api), self.opened(objects, self.operator(objects)))

    def test_monitoring_reaches_the_metrics_alone(self):
        objects = rendered(EVERYTHING)
        ingress, _ = self.opened(objects, self.operator(objects))
        self.assertEqual([{"from": [EVERYTHING["monitoring.from"]], "ports": [{"port": 8080, "protocol": "TCP"}]}], ingress)

    def test_the_control_reaches_api_server_dns_and_what_a_site_adds(self):
        ingress, egress = self.opened(rendered(EVERYTHING), self.CONTROL)
        self.assertEqual([], ingress)
        self.assertEqual({6443, 53, None}, {port["port"] for rule in egress for port in rule.get("ports", [{"port": None}])})
        self.assertIn(EVERYTHING["isolation.extraEgress"][0], egress)

    def test_any_other_pod_reaches_nothing(self):
        self.assertEqual(([], []), self.opened(rendered(EVERYTHING), {"app.kubernetes.io/component": "anything"}))


class Samples(unittest.TestCase):

    def test_every_file_applies_in_any_order(self):
        files = sorted(file for file in SAMPLES.rglob("*.yaml") if file.parent.name != "argocd")
        self.assertLessEqual({"minimal", "oncology"}, {file.parent.name for file in files})
        for order in files, files[::-1]:
            for file in order:
                sent(file.read_text())

    def test_a_smallest_resource_of_each_kind(self):
        kinds = [sent(file.read_text())[0]["kind"] for file in sorted((SAMPLES / "minimal").glob("*.yaml"))]
        defined = {json.loads(must("kubectl", "create", "--dry-run=client", "-o", "json", "-f", file))["spec"]["names"]["kind"]
                   for file in (ROOT / "crds/yaml").iterdir()}
        self.assertEqual(sorted(defined), kinds)

    def test_workspaces_fit_their_template_and_project(self):
        objects = [it for file in sorted((SAMPLES / "oncology").glob("*.yaml")) for it in sent(file.read_text())]
        (project,), (template_,) = of_kind(objects, "ResearchProject"), of_kind(objects, "WorkspaceTemplate")
        members = {member["researcher"] for member in project["spec"]["members"]}
        for workspace in of_kind(objects, "Workspace"):
            spec = workspace["spec"]
            self.assertEqual((project["metadata"]["name"], template_["metadata"]["name"]), (spec["project"], spec["template"]))
            self.assertIn(spec["researcher"], members)


class ArgoHealth(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        file = SAMPLES / "argocd/health.yaml"
        data = json.loads(must("kubectl", "create", "--dry-run=client", "-o", "json", "-f", file))["data"]
        cls.scripts = {name.rpartition("_")[2]: script for name, script in data.items()}

    def health(self, kind, state, observed=1, **conditions):
        listed = [{"type": type_, "status": status, "message": f"{type_} is {status}"} for type_, status in conditions.items()]
        status = {"observedGeneration": observed, "state": state, "conditions": listed} if state else None
        return self.run_script(kind, {"metadata": {"generation": 1}, "status": status})

    def run_script(self, kind, obj):
        def lua(value):
            if isinstance(value, dict):
                return "{" + ", ".join(f"[{json.dumps(key)}] = {lua(it)}" for key, it in value.items()) + "}"
            if isinstance(value, list):
                return "{" + ", ".join(map(lua, value)) + "}"
            return "nil" if value is None else json.dumps(value)
        program = f"obj = {lua(obj)}\nlocal it = (function()\n{self.scripts[kind]}\nend)()\nprint(it.status)\nprint(it.message)"
        return tuple(must("lua5.1", "-", text=program).split("\n")[:2])

    def test_health_follows_state_and_conditions(self):
        for kind, state, conditions, expected in (
            ("ResearchProject", "Active", {"Ready": "True"}, ("Healthy", "Ready is True")),
            ("ResearchProject", "Active", {"Ready": "Unknown", "Reconciling": "True"}, ("Progressing", "Ready is Unknown")),
            ("ResearchProject", "Active", {"IsolationVerified": "False", "Ready": "False"}, ("Degraded", "Ready is False")),
            ("ResearchProject", "Refused", {"Ready": "False", "Stalled": "True"}, ("Degraded", "Stalled is True")),
            ("ResearchProject", "Upcoming", {"Ready": "False"}, ("Suspended", "Ready is False")),
            ("ResearchProject", "Ended", {"Ready": "False"}, ("Suspended", "Ready is False")),
            ("Workspace", "Running", {"Ready": "True"}, ("Healthy", "Ready is True")),
            ("Workspace", "Running", {"Ready": "False", "Stalled": "True"}, ("Degraded", "Stalled is True")),
            ("Workspace", "Starting", {"Ready": "Unknown"}, ("Progressing", "Ready is Unknown")),
            ("Workspace", "Waiting", {"Ready": "False"}, ("Degraded", "Ready is False")),
            ("Workspace", "Stopped", {"Ready": "True"}, ("Suspended", "Ready is True")),
            ("Workspace", "NoAccess", {"Ready": "False"}, ("Suspended", "Ready is False")),
            ("Workspace", "Refused", {"Ready": "False", "Stalled": "True"}, ("Degraded", "Stalled is True")),
        ):
            with self.subTest(kind=kind, state=state, **conditions):
                self.assertEqual(expected, self.health(kind, state, **conditions))

    def test_a_status_of_an_older_version_says_nothing(self):
        for kind in self.scripts:
            self.assertEqual("Progressing", self.health(kind, None)[0])
            self.assertEqual("Progressing", self.health(kind, "Active", observed=0, Ready="True")[0])


if __name__ == "__main__":
    result = unittest.main(exit=False, verbosity=2).result
    broken = len(result.failures) + len(result.errors)
    print(f"{max(result.testsRun - broken, 0)} passed, {broken} failed")
    sys.exit(bool(broken))
