package dev.cloister.api;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** Safe Settings: an entry of the tool catalogue, with the evaluation that let it in. Cluster-scoped. */
@Group(Api.GROUP)
@Version(Api.VERSION)
@ShortNames("wst")
@ValidationRule(
        value = "self.metadata.name.size() <= 63 && self.metadata.name.matches('" + Api.DNS_LABEL + "')",
        message = "metadata.name may hold at most 63 lower-case letters, digits and hyphens, for example r-and-python")
@AdditionalPrinterColumn(name = "TITLE", jsonPath = ".spec.title")
@AdditionalPrinterColumn(name = "IMAGE", jsonPath = ".spec.image", priority = 1)
@AdditionalPrinterColumn(name = "REVIEW", jsonPath = ".spec.evaluation.securityReview.outcome")
@AdditionalPrinterColumn(name = "UNTIL", jsonPath = ".spec.evaluation.until")
@AdditionalPrinterColumn(
        name = "AGE",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
public class WorkspaceTemplate extends CustomResource<WorkspaceTemplateSpec, Void> {

    private static final long serialVersionUID = 1L;

    @Required
    @Override
    public WorkspaceTemplateSpec getSpec() {
        return super.getSpec();
    }
}
