package dev.cloister.operator.workspace;

import dev.cloister.api.WorkspaceSize;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Optional;
import java.util.function.Function;

/** The whole size of a desktop: nothing left out. */
record Size(Quantity cpu, Quantity memory, Quantity home) {

    /** What a workspace asks for, with the template's size for what it leaves out. */
    static Size of(Optional<WorkspaceSize> asked, WorkspaceSize template) {
        return new Size(
                pick(asked, template, size -> size.cpu),
                pick(asked, template, size -> size.memory),
                pick(asked, template, size -> size.home));
    }

    private static Quantity pick(
            Optional<WorkspaceSize> asked, WorkspaceSize template, Function<WorkspaceSize, Quantity> field) {
        return asked.map(field).orElseGet(() -> field.apply(template));
    }
}
