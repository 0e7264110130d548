package dev.cloister.api;

import static java.util.stream.Collectors.toMap;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the generator has no annotation for: instants, lists with keys, the category, the order of printer columns, Helm's
 * keep policy, and descriptions of fields that are not ours.
 */
final class SchemaFinish implements CRDPostProcessor {

    /** Fields that are instants. The format makes the API server parse them, so that CEL compares times, not text. */
    private static final Set<String> INSTANTS = Set.of("from", "until", "date", "verifiedAt", "lastTransitionTime");

    private static final Map<String, String> LIST_KEYS = Map.of("members", "researcher", "conditions", "type");

    private static final Map<String, String> FOREIGN_DESCRIPTIONS = Map.of(
            "spec", "What is wanted.",
            "status", "What the operator saw; written by the operator alone.",
            "type", "What the condition speaks of.",
            "status of a condition", "True, False or Unknown.",
            "reason", "The cause of the status, one CamelCase word.",
            "message", "What it means and what to do next.",
            "lastTransitionTime", "When the status last changed, RFC 3339.",
            "observedGeneration", "The generation of the spec that it speaks of.");

    private final Map<String, Class<?>> kinds;

    SchemaFinish(Collection<Class<? extends HasMetadata>> kinds) {
        this.kinds = kinds.stream().collect(toMap(Class::getSimpleName, kind -> kind));
    }

    @Override
    public HasMetadata process(HasMetadata resource, String crdSpecVersion) {
        var crd = (CustomResourceDefinition) resource;
        crd.getMetadata().getAnnotations().put("helm.sh/resource-policy", "keep");
        crd.getSpec().getNames().setCategories(List.of("cloister"));
        crd.getSpec().getVersions().forEach(version -> {
            orderColumns(version, kinds.get(crd.getSpec().getNames().getKind()));
            finish(version.getSchema().getOpenAPIV3Schema());
        });
        return crd;
    }

    /** The generator sorts columns by their path; readers want them as the type lists them. */
    private static void orderColumns(CustomResourceDefinitionVersion version, Class<?> kind) {
        var order = Arrays.stream(kind.getAnnotationsByType(AdditionalPrinterColumn.class))
                .map(AdditionalPrinterColumn::name)
                .toList();
        version.getAdditionalPrinterColumns().sort(Comparator.comparing(column -> order.indexOf(column.getName())));
    }

    private void finish(JSONSchemaProps schema) {
        schema.getProperties().forEach((name, property) -> {
            if (property.getDescription() == null) {
                property.setDescription(FOREIGN_DESCRIPTIONS.get(
                        name.equals("status") && "string".equals(property.getType()) ? "status of a condition" : name));
            }
            if (INSTANTS.contains(name)) {
                property.setFormat("date-time");
            }
            if ("array".equals(property.getType())) {
                finishList(name, property);
            }
            finish(property);
        });
    }

    private void finishList(String name, JSONSchemaProps list) {
        var item = list.getItems().getSchema();
        finish(item);
        var key = LIST_KEYS.get(name);
        if (key == null) {
            list.setXKubernetesListType("atomic");
            return;
        }
        list.setXKubernetesListType("map");
        list.setXKubernetesListMapKeys(List.of(key));
        if (!item.getRequired().contains(key)) {
            item.getRequired().add(key);
        }
    }
}
