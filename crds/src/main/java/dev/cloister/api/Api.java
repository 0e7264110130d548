package dev.cloister.api;

/** Constants that every kind of the API shares. */
public final class Api {

    /** The API group of all kinds. */
    public static final String GROUP = "cloister.dev";

    /** The served version of all kinds. */
    public static final String VERSION = "v1alpha1";

    /**
     * A DNS label (RFC 1123). Our resources name namespaces, labels and hosts, so the dots that Kubernetes would allow in
     * their names are refused.
     */
    static final String DNS_LABEL = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

    private Api() {}
}
