package dev.dialplane.local.node;

/** A container can't be started as it is described; the message names the field and what is wrong. */
final class ContainerConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    ContainerConfigException(String message) {
        super(message);
    }
}
