package dev.cloister.api;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** Safe Settings: one person's desktop in one project. Cluster-scoped; what it runs is in the project's namespace. */
@Group(Api.GROUP)
@Version(Api.VERSION)
@ShortNames("ws")
@ValidationRule(
        value = "self.metadata.name.size() <= " + Workspace.MAX_NAME_LENGTH,
        message = "metadata.name is longer than 50 characters; choose a shorter name, for example oncology-alice")
@ValidationRule(
        value = "self.metadata.name.matches('" + Api.DNS_LABEL + "')",
        message = "metadata.name may hold lower-case letters, digits and hyphens only, for example oncology-alice")
@AdditionalPrinterColumn(name = "PROJECT", jsonPath = ".spec.project")
@AdditionalPrinterColumn(name = "RESEARCHER", jsonPath = ".spec.researcher")
@AdditionalPrinterColumn(name = "STATE", jsonPath = ".status.state")
@AdditionalPrinterColumn(name = "UNTIL", jsonPath = ".status.until")
@AdditionalPrinterColumn(name = "READY", jsonPath = ".status.conditions[?(@.type==\"Ready\")].status")
@AdditionalPrinterColumn(
        name = "AGE",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(name = "MESSAGE", jsonPath = ".status.conditions[?(@.type==\"Ready\")].message", priority = 1)
public class Workspace extends CustomResource<WorkspaceSpec, WorkspaceStatus> {

    /** Leaves room for the prefixes and suffixes that Kubernetes adds to the names of Jobs and their pods (63 in all). */
    public static final int MAX_NAME_LENGTH = 50;

    private static final long serialVersionUID = 1L;

    @Required
    @Override
    public WorkspaceSpec getSpec() {
        return super.getSpec();
    }
}
