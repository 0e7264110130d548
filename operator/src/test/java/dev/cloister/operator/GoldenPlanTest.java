package dev.cloister.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.cloister.operator.isolation.ProbePlan;
import dev.cloister.operator.project.NamespacePlan;
import dev.cloister.operator.workspace.DesktopObjects;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Every object that one project and one workspace yield, for people who have to judge them. A change of a plan is a change of
 * these files: run the test with {@code -Dgolden.write=true} and read the difference.
 */
class GoldenPlanTest {

    private static final Path GOLDEN = Path.of("src/test/golden");

    @Test
    void theObjectsOfAProject() throws IOException {
        var project = TestData.project("oncology");
        project.getMetadata().setUid("00000000-0000-0000-0000-000000000001");
        var objects = new ArrayList<>(NamespacePlan.of(project, TestData.SETTINGS));
        objects.add(ProbePlan.control("oncology", "0123456789abcdef", TestData.SETTINGS));
        objects.add(ProbePlan.probe("oncology", "0123456789abcdef", TestData.SETTINGS));
        compare("project.yaml", objects);
    }

    @Test
    void theObjectsOfAWorkspace() throws IOException {
        var workspace = TestData.workspace("oncology-alice", "oncology", "alice", "r");
        compare("workspace.yaml", DesktopObjects.of(workspace, TestData.SETTINGS));
    }

    private static void compare(String file, List<? extends HasMetadata> objects) throws IOException {
        var yaml = objects.stream().map(new KubernetesSerialization()::asYaml).collect(Collectors.joining());
        if (Boolean.getBoolean("golden.write")) {
            Files.createDirectories(GOLDEN);
            Files.writeString(GOLDEN.resolve(file), yaml);
        }
        assertEquals(Files.readString(GOLDEN.resolve(file)), yaml);
    }
}
