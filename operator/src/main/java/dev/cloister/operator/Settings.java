package dev.cloister.operator;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a site configures, as one value that the pure code can hold.
 *
 * @param systemNamespace where the operator and the probe's control run
 * @param isolation what the isolation probe tries
 * @param storage which storage the projects get
 * @param homeRetention how long the home of a deleted workspace is kept
 */
public record Settings(String systemNamespace, Isolation isolation, Storage storage, Duration homeRetention) {

    /**
     * What the isolation probe tries, and how.
     *
     * @param image the probe's image
     * @param targets what must not answer from inside a project; without any, nothing can be verified and nothing starts
     * @param retryAfter how long a failed probe stands before the next try
     */
    public record Isolation(String image, List<Target> targets, Duration retryAfter) {}

    /**
     * One thing that must not be reachable.
     *
     * @param name a short name, for messages
     * @param address what to try, for example {@code tcp://10.96.0.1:443} or {@code dns://10.96.0.10:53}
     */
    public record Target(String name, String address) {}

    /**
     * Which storage the projects get.
     *
     * @param homeClass storage class of the homes, or empty for the cluster's default
     * @param sharedClass storage class of the shared folders, or empty for the cluster's default
     * @param sharedReadWriteMany whether the shared class can be mounted on many nodes. It cannot be discovered. Where it
     *     cannot, the desktops of a project are kept on one node
     */
    public record Storage(Optional<String> homeClass, Optional<String> sharedClass, boolean sharedReadWriteMany) {}
}
