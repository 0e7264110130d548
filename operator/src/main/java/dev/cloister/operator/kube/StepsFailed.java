package dev.cloister.operator.kube;

import java.util.List;

/** Some steps of a reconcile failed. Thrown after the status was written, so that the reconcile is tried again for ever. */
public final class StepsFailed extends RuntimeException {

    private StepsFailed(List<Applier.Failure> failures) {
        super(failures.toString(), failures.getFirst().error());
    }

    public static void throwIfAny(List<Applier.Failure> failures) {
        if (!failures.isEmpty()) {
            throw new StepsFailed(failures);
        }
    }
}
