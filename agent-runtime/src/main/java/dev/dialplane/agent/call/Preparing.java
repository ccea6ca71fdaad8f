package dev.dialplane.agent.call;

import dev.dialplane.agent.inference.Models;
import io.grpc.Status;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Prepares a call's spec once more, because inference has forgotten it: it was started anew, or is another one. */
final class Preparing {
    private static final System.Logger LOG = System.getLogger(Preparing.class.getName());

    private final CallContext call;
    private Models.@Nullable Asked<?> asked;

    Preparing(CallContext call) {
        this.call = call;
    }

    /** Begins; what was under way is given up, and nothing is told of it. */
    void begin(Runnable done, Consumer<Status> failed) {
        cancel();
        LOG.log(
                System.Logger.Level.WARNING,
                "call {0}: inference has forgotten the spec, it is prepared again",
                call.fence());
        asked = call.models()
                .prepare(
                        call.token(),
                        call.prepared().hash(),
                        call.spec(),
                        _ -> {
                            asked = null;
                            done.run();
                        },
                        failure -> {
                            asked = null;
                            failed.accept(failure);
                        });
    }

    /** Gives up what is under way; false if nothing is. */
    boolean cancel() {
        if (asked == null) {
            return false;
        }
        asked.cancel();
        asked = null;
        return true;
    }
}
