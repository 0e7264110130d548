package dev.cloister.operator.isolation;

import dev.cloister.api.ResearchProjectStatus.Isolation;
import dev.cloister.operator.Settings;
import dev.cloister.operator.kube.Labels;
import dev.cloister.operator.kube.Verdict;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether a project's isolation was observed, and what the probe has to do next.
 *
 * @param verdict the condition {@code IsolationVerified}
 * @param proof what was proven, when it was
 * @param next what to do with the probe's pods
 * @param lookAgain the instant at which a failed probe is tried again
 */
public record IsolationCheck(Verdict verdict, Optional<Isolation> proof, Step next, Optional<Instant> lookAgain) {

    /** What to do with the probe's pods. */
    public enum Step {
        /** Create both. */
        Start,
        /** Leave them alone. */
        Wait,
        /** Remove both: they are done, or speak of something else. */
        Clear
    }

    /**
     * Judges what is there.
     *
     * @param subject what has to be proven, from {@link ProbePlan#subject}
     * @param proven what the status says was proven
     * @param pods the probe's pods, as far as they exist
     */
    public static IsolationCheck of(
            String subject, Optional<Isolation> proven, List<Pod> pods, Settings.Isolation settings, Instant now) {
        if (proven.map(p -> subject.equals(p.subject)).orElse(false)) {
            return new IsolationCheck(
                    verified(proven.get()), proven, pods.isEmpty() ? Step.Wait : Step.Clear, Optional.empty());
        }
        if (settings.targets().isEmpty()) {
            var verdict = Verdict.no(
                    "NothingToProbe",
                    "No probe targets are configured, so isolation cannot be verified and no desktop starts. Set"
                            + " isolation.targets in the chart.");
            return new IsolationCheck(verdict, Optional.empty(), Step.Wait, Optional.empty());
        }
        if (pods.stream()
                .anyMatch(pod -> !subject.equals(
                        Labels.annotation(pod, ProbePlan.SUBJECT).orElse("")))) {
            return running(Step.Clear);
        }
        var probe = report(pods, "probe");
        var control = report(pods, "control");
        if (probe.isEmpty() || control.isEmpty()) {
            return running(pods.size() < 2 ? Step.Start : Step.Wait);
        }
        return judge(subject, probe.get(), control.get(), settings, now);
    }

    private static IsolationCheck judge(
            String subject, ProbeReport probe, ProbeReport control, Settings.Isolation settings, Instant now) {
        var problems = new ArrayList<String>();
        var open = false;
        for (var target : settings.targets()) {
            var inside = probe.at(target.name());
            var outside = control.at(target.name());
            if (inside.map(ProbeReport.Finding::open).orElse(false)) {
                open = true;
                problems.add("%s (%s) answers from inside the project".formatted(target.name(), target.address()));
            } else if (!inside.map(ProbeReport.Finding::blocked).orElse(false)) {
                problems.add("the probe could not try %s (%s)".formatted(target.name(), target.address()));
            } else if (!outside.map(ProbeReport.Finding::open).orElse(false)) {
                problems.add("the control outside the project got no answer from %s (%s) either"
                        .formatted(target.name(), target.address()));
            }
        }
        if (problems.isEmpty()) {
            var proof = new Isolation();
            proof.subject = subject;
            proof.node = probe.node();
            proof.verifiedAt = probe.finishedAt().toString();
            proof.blocked =
                    settings.targets().stream().map(Settings.Target::name).toList();
            return new IsolationCheck(verified(proof), Optional.of(proof), Step.Clear, Optional.empty());
        }
        var latest = probe.finishedAt().isAfter(control.finishedAt()) ? probe.finishedAt() : control.finishedAt();
        var again = latest.plus(settings.retryAfter());
        var advice = open
                ? " No desktop starts. Does the cluster's network plugin enforce NetworkPolicy, both ways?"
                : " No desktop starts, because silence proves nothing here. Are isolation.targets right, and does the"
                        + " probe's image run?";
        var verdict = Verdict.no(
                open ? "TargetOpen" : "ProbeInconclusive",
                "Isolation is not proven: " + String.join("; ", problems) + "." + advice + " Next try at " + again
                        + ".");
        return new IsolationCheck(
                verdict, Optional.empty(), now.isBefore(again) ? Step.Wait : Step.Clear, Optional.of(again));
    }

    private static Optional<ProbeReport> report(List<Pod> pods, String side) {
        return pods.stream()
                .filter(pod -> Labels.label(pod, Labels.PROBE).equals(Optional.of(side)))
                .findFirst()
                .flatMap(ProbeReport::of);
    }

    private static Verdict verified(Isolation proof) {
        return Verdict.yes(
                "Blocked",
                "%s did not answer from inside the project, and did outside; seen at %s on node %s."
                        .formatted(String.join(", ", proof.blocked), proof.verifiedAt, proof.node));
    }

    private static IsolationCheck running(Step step) {
        var verdict = Verdict.unknown("Probing", "The isolation probe is running. Desktops start when it has passed.");
        return new IsolationCheck(verdict, Optional.empty(), step, Optional.empty());
    }
}
