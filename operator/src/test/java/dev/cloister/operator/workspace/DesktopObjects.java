package dev.cloister.operator.workspace;

import dev.cloister.api.DesktopRules.Clipboard;
import dev.cloister.api.Workspace;
import dev.cloister.operator.Settings;
import dev.cloister.operator.TestData;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import java.util.Optional;

/** Opens the plan of a desktop to the test of the golden files. */
public final class DesktopObjects {

    private DesktopObjects() {}

    public static List<HasMetadata> of(Workspace workspace, Settings settings) {
        var template = TestData.template("r").getSpec();
        var size = Size.of(Optional.ofNullable(workspace.getSpec().size), template.defaultSize);
        var plan = new DesktopPlan(workspace, size, template.image, new Clipboard(), settings);
        return List.of(plan.home(), plan.job(3600));
    }
}
