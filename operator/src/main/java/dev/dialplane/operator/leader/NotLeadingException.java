package dev.dialplane.operator.leader;

import io.fabric8.kubernetes.client.KubernetesClientException;

/** A write that was not sent, because this operator does not lead: for its caller the API server is away. */
public final class NotLeadingException extends KubernetesClientException {

    private static final long serialVersionUID = 1L;

    NotLeadingException(String holder) {
        super("this operator does not lead (" + holder + " does), so it writes nothing");
    }
}
