package dev.cloister.operator.kube;

import dev.cloister.api.ConditionedStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/** Kubernetes Events: what {@code kubectl describe} shows as history. They inform; nothing depends on them. */
public final class Events {

    private static final Logger LOG = Logger.getLogger(Events.class);

    /** Events of cluster-scoped resources live in this namespace, where {@code kubectl describe} looks for them. */
    private static final String NAMESPACE = "default";

    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    /** These repeat what another condition says, or come and go with the work itself. */
    private static final Set<String> SILENT = Set.of(Conditions.READY, Conditions.RECONCILING, Conditions.STALLED);

    private final KubernetesClient client;
    private final InstantSource clock;
    private final String instance;

    public Events(KubernetesClient client, InstantSource clock, String instance) {
        this.client = client;
        this.clock = clock;
        this.instance = instance;
    }

    /** One Event for each condition that became True or False. */
    void ofTransitions(HasMetadata about, Optional<? extends ConditionedStatus> before, ConditionedStatus after) {
        for (Condition now : after.conditions) {
            var was = before.flatMap(status -> status.condition(now.getType())).map(Condition::getStatus);
            var flipped = !Objects.equals(was, Optional.of(now.getStatus()));
            if (flipped && !"Unknown".equals(now.getStatus()) && !SILENT.contains(now.getType())) {
                // A desktop that stops was mostly asked to.
                var normal = "True".equals(now.getStatus()) || Conditions.DESKTOP_READY.equals(now.getType());
                var severity = normal ? Severity.Normal : Severity.Warning;
                record(about, severity, now.getReason(), now.getType() + ": " + now.getMessage());
            }
        }
    }

    /** How bad an Event is, in the words of Kubernetes. */
    public enum Severity {
        Normal,
        Warning
    }

    /** Records one Event. A failure to do so is logged and changes nothing else. */
    public void record(HasMetadata about, Severity severity, String reason, String note) {
        var event = new EventBuilder()
                .withNewMetadata()
                .withGenerateName(about.getMetadata().getName() + "-")
                .withNamespace(NAMESPACE)
                .endMetadata()
                .withEventTime(new MicroTime(MICROS.format(clock.instant())))
                .withType(severity.name())
                .withReason(reason)
                .withAction("Reconcile")
                .withNote(note.length() > 1024 ? note.substring(0, 1024) : note)
                .withReportingController("cloister.dev/operator")
                .withReportingInstance(instance)
                .withRegarding(new ObjectReferenceBuilder()
                        .withApiVersion(about.getApiVersion())
                        .withKind(about.getKind())
                        .withName(about.getMetadata().getName())
                        .withUid(about.getMetadata().getUid())
                        .build())
                .build();
        try {
            client.resource(event).create();
        } catch (KubernetesClientException e) {
            LOG.warnf(
                    "Could not record the event %s of %s: %s",
                    reason, about.getMetadata().getName(), e.getMessage());
        }
    }
}
