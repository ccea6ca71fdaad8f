package dev.dialplane.agent.call;

import com.google.protobuf.ByteString;
import dev.dialplane.agent.inference.Models;
import dev.dialplane.agent.loop.Loop;
import dev.dialplane.contracts.common.v1.AudioFormat;
import dev.dialplane.contracts.common.v1.Codec;
import dev.dialplane.contracts.inference.v1.PredictRequest;
import dev.dialplane.contracts.inference.v1.PredictResponse;
import io.grpc.Status;
import java.lang.System.Logger.Level;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks the pool's end-of-turn model, if it has one, whether the caller has finished; one question at a time. An answer that
 * comes late, or never, is as none.
 */
final class EndOfTurnModel {
    /** So much audio is of use to it. */
    static final int SECONDS = 8;
    /** An answer this old says little: the silence itself has said more since. Also no longer than the pool's longest. */
    static final int DEADLINE_MS = 1000;

    private static final System.Logger LOG = System.getLogger(EndOfTurnModel.class.getName());

    private final CallContext call;
    private Models.@Nullable Asked<PredictResponse> asked;
    private Loop.@Nullable Timer deadline;
    private boolean failing;

    EndOfTurnModel(CallContext call) {
        this.call = call;
    }

    /** Whether the pool has one. */
    boolean present() {
        return call.spec().getPipeline().hasEndOfTurn();
    }

    /**
     * Asks, unless the pool has no model; forgets a question before.
     *
     * @param linear 16-bit samples, little-endian; the newest {@link #SECONDS} of the turn at most
     * @param rate of them, in Hz
     * @param answer given how likely it is that the caller has finished, 0 to 1, unless it is {@link #drop dropped} before
     */
    void ask(ByteString linear, int rate, DoubleConsumer answer) {
        drop();
        PredictRequest request = PredictRequest.newBuilder()
                .setModel(call.spec().getPipeline().getEndOfTurn())
                .setLanguage(call.spec().getLanguage())
                .setFormat(AudioFormat.newBuilder().setCodec(Codec.CODEC_L16).setSampleRateHz(rate))
                .setPayload(linear)
                .build();
        int waitMs = Math.min(DEADLINE_MS, call.spec().getTurnTaking().getSilenceMaxMs());
        deadline = call.loop().after(waitMs * 1_000_000L, this::drop);
        asked = call.models()
                .predict(
                        call.token(),
                        request,
                        response -> {
                            over();
                            failing = false;
                            answer.accept(response.getFinished());
                        },
                        this::failed);
    }

    private void failed(Status status) {
        over();
        if (!failing) {
            LOG.log(
                    Level.WARNING,
                    "call {0}: the end-of-turn model fails ({1}: {2}), turns end by silence and words",
                    call.fence(),
                    status.getCode(),
                    status.getDescription());
        }
        failing = true;
    }

    /** Gives up on the question. */
    void drop() {
        if (asked != null) {
            asked.cancel();
        }
        over();
    }

    private void over() {
        asked = null;
        if (deadline != null) {
            deadline.cancel();
            deadline = null;
        }
    }
}
