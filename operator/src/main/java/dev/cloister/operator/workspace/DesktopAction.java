package dev.cloister.operator.workspace;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What has to happen to a desktop's Job, decided from what is there and what is wanted. */
sealed interface DesktopAction {

    /** All is as it should be. */
    record Keep() implements DesktopAction {}

    /** Make the Job, running. */
    record Create(long deadlineSeconds) implements DesktopAction {}

    /** Change the two fields of a Job that can be changed while it runs: the session does not notice a later deadline. */
    record Change(boolean suspend, long deadlineSeconds) implements DesktopAction {}

    /** Remove a Job that cannot run again; the next reconcile makes a new one. */
    record Remove() implements DesktopAction {}

    /** What is wanted of the desktop. */
    enum Want {
        /** It should run, made from the present template. */
        Run,
        /** What runs may go on, but nothing starts: the spec is refused, or a probe is due. */
        Hold,
        /** It must not run. */
        Stop
    }

    /**
     * Seconds by which a running Job's deadline may end before the access does. A Job starts a moment after it was asked
     * for; without this slack each start would need a second write to be exact.
     */
    long SLACK_SECONDS = 2;

    /**
     * Decides.
     *
     * @param live the Job as it is
     * @param template the hash of the pod that a new Job would run
     * @param until the end of the access; empty when there is none
     */
    static DesktopAction decide(
            Want want, Optional<Job> live, Optional<String> template, Optional<Instant> until, Instant now) {
        var end = until.filter(instant -> instant.isAfter(now));
        if (live.isEmpty()) {
            return want == Want.Run && end.isPresent() ? new Create(secondsFrom(now, end.get())) : new Keep();
        }
        var job = live.get();
        if (end.isEmpty() || want == Want.Stop) {
            return JobState.finished(job) || JobState.suspended(job)
                    ? new Keep()
                    : new Change(true, JobState.deadline(job));
        }
        if (JobState.finished(job)) {
            return want == Want.Run ? new Remove() : new Keep();
        }
        if (JobState.suspended(job)) {
            return want == Want.Run ? resume(job, template, now, end.get()) : new Keep();
        }
        return keepDeadline(job, end.get());
    }

    private static DesktopAction resume(Job job, Optional<String> template, Instant now, Instant end) {
        var same = template.isPresent() && template.equals(JobState.template(job));
        return same ? new Change(false, secondsFrom(now, end)) : new Remove();
    }

    /** Before the Job has started, its deadline counts from a start that is still to come: it is checked after it. */
    private static DesktopAction keepDeadline(Job job, Instant end) {
        return JobState.startedAt(job)
                .map(start -> Duration.between(start, end).toSeconds())
                .filter(exact -> JobState.deadline(job) > exact || JobState.deadline(job) < exact - SLACK_SECONDS)
                .<DesktopAction>map(exact -> new Change(false, Math.max(1, exact)))
                .orElse(new Keep());
    }

    private static long secondsFrom(Instant now, Instant end) {
        return Math.max(1, Duration.between(now, end).toSeconds() - 1);
    }
}
