package dev.cloister.api;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** Safe Projects: one approved piece of research. Cluster-scoped; its workspaces live in {@code project-<name>}. */
@Group(Api.GROUP)
@Version(Api.VERSION)
@ShortNames("rp")
@ValidationRule(
        value = "self.metadata.name.size() <= " + ResearchProject.MAX_NAME_LENGTH,
        message =
                "metadata.name is longer than 55 characters; choose a shorter name, because the project's namespace is"
                        + " project-<name> and a namespace has at most 63")
@ValidationRule(
        value = "self.metadata.name.matches('" + Api.DNS_LABEL + "')",
        message = "metadata.name may hold lower-case letters, digits and hyphens only, for example lung-screening-2")
@AdditionalPrinterColumn(name = "LEAD", jsonPath = ".spec.lead")
@AdditionalPrinterColumn(name = "STATE", jsonPath = ".status.state")
@AdditionalPrinterColumn(name = "UNTIL", jsonPath = ".spec.approval.until")
@AdditionalPrinterColumn(name = "ISOLATED", jsonPath = ".status.conditions[?(@.type==\"IsolationVerified\")].status")
@AdditionalPrinterColumn(name = "READY", jsonPath = ".status.conditions[?(@.type==\"Ready\")].status")
@AdditionalPrinterColumn(
        name = "AGE",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(name = "MESSAGE", jsonPath = ".status.conditions[?(@.type==\"Ready\")].message", priority = 1)
public class ResearchProject extends CustomResource<ResearchProjectSpec, ResearchProjectStatus> {

    /** The longest name whose namespace {@code project-<name>} is still a DNS label of 63 characters. */
    public static final int MAX_NAME_LENGTH = 55;

    private static final long serialVersionUID = 1L;

    /** The namespace that holds the workspaces of the project of that name. */
    public static String namespaceOf(String project) {
        return "project-" + project;
    }

    @Required
    @Override
    public ResearchProjectSpec getSpec() {
        return super.getSpec();
    }
}
