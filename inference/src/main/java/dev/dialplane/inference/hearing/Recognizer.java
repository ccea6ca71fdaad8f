package dev.dialplane.inference.hearing;

/** A model that hears. One serves every call. */
public interface Recognizer {
    /** Begins to listen to a call. What is heard goes to {@code listener}, one call to it at a time, on any thread. */
    Hearing open(HearingRequest request, HearingListener listener);
}
