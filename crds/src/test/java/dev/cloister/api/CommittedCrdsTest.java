package dev.cloister.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code crds/yaml} is what the types say. {@code make crds} writes it; this test compares it. */
class CommittedCrdsTest {

    private static final List<Class<? extends HasMetadata>> KINDS =
            List.of(ResearchProject.class, Workspace.class, WorkspaceTemplate.class);
    private static final Path COMMITTED = Path.of("yaml");

    @Test
    void committedYamlIsWhatTheTypesGenerate(@TempDir Path generated) throws IOException {
        var target = Boolean.getBoolean("crds.write") ? COMMITTED : generated;
        new CRDGenerator()
                .customResourceClasses(KINDS)
                .forCRDVersions("v1")
                .withMinQuotes(true)
                .withPostProcessor(new SchemaFinish(KINDS))
                .inOutputDir(target.toFile())
                .generate();
        assertEquals(contents(target), contents(COMMITTED), "The types changed: run `make crds` and commit crds/yaml");
    }

    @Test
    void everyFieldIsExplained() throws IOException {
        var unexplained = new ArrayList<String>();
        for (Path file : Files.newDirectoryStream(COMMITTED)) {
            var crd = Serialization.unmarshal(Files.readString(file), CustomResourceDefinition.class);
            var schema = crd.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema();
            collectUnexplained(crd.getSpec().getNames().getKind(), schema, unexplained);
        }
        assertEquals(List.of(), unexplained);
    }

    private static void collectUnexplained(String path, JSONSchemaProps schema, List<String> unexplained) {
        schema.getProperties().forEach((name, property) -> {
            var field = path + "." + name;
            if (property.getDescription() == null || property.getDescription().isBlank()) {
                unexplained.add(field);
            }
            collectUnexplained(field, property, unexplained);
            if (property.getItems() != null) {
                collectUnexplained(field + "[]", property.getItems().getSchema(), unexplained);
            }
        });
    }

    private static TreeMap<String, String> contents(Path folder) throws IOException {
        var contents = new TreeMap<String, String>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                contents.put(file.getFileName().toString(), Files.readString(file));
            }
        }
        return contents;
    }
}
