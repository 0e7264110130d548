package dev.cloister.operator.kube;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;

/** PersistentVolumeClaims, most of whose spec can never change. */
public final class Claims {

    private Claims() {}

    /** The wanted claim with the spec of the live one, where there is one: only its labels and annotations are ours to keep. */
    public static PersistentVolumeClaim keepingSize(PersistentVolumeClaim wanted, Children children) {
        return children.find(wanted)
                .map(PersistentVolumeClaim.class::cast)
                .map(live -> wanted.edit()
                        .editSpec()
                        .withAccessModes(live.getSpec().getAccessModes())
                        .withStorageClassName(
                                wanted.getSpec().getStorageClassName() == null
                                        ? null
                                        : live.getSpec().getStorageClassName())
                        .editResources()
                        .withRequests(live.getSpec().getResources().getRequests())
                        .endResources()
                        .endSpec()
                        .build())
                .orElse(wanted);
    }
}
