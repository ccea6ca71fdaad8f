package dev.dialplane.inference.call;

import io.grpc.Context;

/**
 * Whose request it is.
 *
 * @param id the call's id, or for a prepare token the pod's UID; requests with the same id share a place in queues and in
 *     scripts. Never empty: a request without a token gets an id of its own
 * @param attempt of the call's fence; 0 if there is none
 * @param namespace of the pool whose call it is; empty if there is none
 */
public record Caller(String id, int attempt, String namespace) {
    /** Where the interceptor leaves it. */
    public static final Context.Key<Caller> KEY = Context.key("dialplane-caller");

    private static final Caller NOBODY = new Caller("nobody", 0, "");

    /** The caller of the RPC at hand. */
    public static Caller current() {
        Caller caller = KEY.get();
        return caller == null ? NOBODY : caller;
    }
}
