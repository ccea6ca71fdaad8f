package dev.dialplane.inference.timing;

/** Work under way that its owner may give up. */
@FunctionalInterface
public interface Cancellable {
    /** Nothing there to cancel. */
    Cancellable NOTHING = () -> {};

    /** Gives it up; returns at once, and does nothing when it is over or was given up before. */
    void cancel();
}
