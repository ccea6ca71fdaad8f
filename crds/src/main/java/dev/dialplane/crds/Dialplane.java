package dev.dialplane.crds;

/** The names that all resources share. */
public final class Dialplane {

    /** The API group of both resources, and the prefix of every label and annotation. */
    public static final String GROUP = "dialplane.dev";

    /** The served and stored version. */
    public static final String VERSION = "v1alpha1";

    /** The category by which {@code kubectl get dialplane} finds both resources. */
    public static final String CATEGORY = "dialplane";

    private Dialplane() {}
}
