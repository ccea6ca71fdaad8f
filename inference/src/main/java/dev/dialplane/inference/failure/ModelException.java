package dev.dialplane.inference.failure;

import dev.dialplane.contracts.common.v1.BadRequest;
import dev.dialplane.contracts.common.v1.BadToken;
import dev.dialplane.contracts.common.v1.Error;
import dev.dialplane.contracts.common.v1.Overloaded;
import dev.dialplane.contracts.common.v1.ProviderDown;
import dev.dialplane.contracts.common.v1.TooSlow;
import dev.dialplane.contracts.common.v1.UnknownModel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;

/**
 * A request that failed, with the contract's typed error.
 *
 * <p>Messages name the field or model, the value and what is allowed; they never hold what a caller said.
 */
public final class ModelException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** The binary trailer in which a failed RPC carries its {@link Error}. */
    public static final Metadata.Key<byte[]> TRAILER =
            Metadata.Key.of("dialplane-error-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private static final int MAX_QUOTED = 80;

    private final transient Error error;
    private final transient Status.Code code;

    private ModelException(Status.Code code, Error error) {
        super(error.getMessage(), null, false, false);
        this.code = code;
        this.error = error;
    }

    /** INVALID_ARGUMENT: will never work as it was sent. */
    public static ModelException badRequest(String field, Object value, String allowed) {
        String quoted = quoted(value);
        return new ModelException(
                Status.Code.INVALID_ARGUMENT,
                Error.newBuilder()
                        .setMessage(field + " is " + quoted + ", allowed is " + allowed)
                        .setBadRequest(BadRequest.newBuilder()
                                .setField(field)
                                .setValue(quoted)
                                .setAllowed(allowed))
                        .build());
    }

    /** NOT_FOUND: no such provider, model or voice; {@code available} lists what there is, {@code provider/model}. */
    public static ModelException unknownModel(String provider, String model, List<String> available) {
        return new ModelException(
                Status.Code.NOT_FOUND,
                Error.newBuilder()
                        .setMessage("model " + quoted(provider + "/" + model) + " does not exist, available are "
                                + String.join(", ", available))
                        .setUnknownModel(UnknownModel.newBuilder()
                                .setProvider(provider)
                                .setModel(model)
                                .addAllAvailable(available))
                        .build());
    }

    /** NOT_FOUND: the spec was never prepared here, or is forgotten; preparing it again helps. */
    public static ModelException unknownSpec(String specHash) {
        return new ModelException(
                Status.Code.NOT_FOUND,
                Error.newBuilder()
                        .setMessage(
                                "spec_hash " + quoted(specHash) + " is not prepared here; call Models.Prepare first")
                        .build());
    }

    /** RESOURCE_EXHAUSTED: the queue is full. */
    public static ModelException overloaded(String queue, int queued, int limit) {
        return new ModelException(
                Status.Code.RESOURCE_EXHAUSTED,
                Error.newBuilder()
                        .setMessage("queue " + queue + " holds " + queued + " requests, allowed are " + limit)
                        .setOverloaded(Overloaded.newBuilder().setQueued(queued).setLimit(limit))
                        .build());
    }

    /** UNAVAILABLE: the provider or its model does not work now. */
    public static ModelException providerDown(String provider, String model, String why) {
        return new ModelException(
                Status.Code.UNAVAILABLE,
                Error.newBuilder()
                        .setMessage("model " + provider + "/" + model + " is not available: " + why)
                        .setProviderDown(
                                ProviderDown.newBuilder().setProvider(provider).setModel(model))
                        .build());
    }

    /** DEADLINE_EXCEEDED: given up on after {@code waited}. */
    public static ModelException tooSlow(String provider, String model, Duration waited) {
        return new ModelException(
                Status.Code.DEADLINE_EXCEEDED,
                Error.newBuilder()
                        .setMessage(
                                "model " + provider + "/" + model + " gave nothing for " + waited.toMillis() + " ms")
                        .setTooSlow(TooSlow.newBuilder()
                                .setProvider(provider)
                                .setModel(model)
                                .setWaitedMs((int) waited.toMillis()))
                        .build());
    }

    /** UNAUTHENTICATED: no call token, or one that is expired or forged. */
    public static ModelException badToken(String reason) {
        return new ModelException(
                Status.Code.UNAUTHENTICATED,
                Error.newBuilder()
                        .setMessage("call token refused: " + reason)
                        .setBadToken(BadToken.newBuilder().setReason(reason))
                        .build());
    }

    /** UNIMPLEMENTED: in the contract, but not served by this process. */
    public static ModelException unimplemented(String what) {
        return new ModelException(
                Status.Code.UNIMPLEMENTED, Error.newBuilder().setMessage(what).build());
    }

    /** INTERNAL: a defect here; the log has more. */
    public static ModelException internal(String what) {
        return new ModelException(
                Status.Code.INTERNAL, Error.newBuilder().setMessage(what).build());
    }

    /** This failure if it is one already, or an internal one. */
    public static ModelException of(Throwable cause, String what) {
        return cause instanceof ModelException failure
                ? failure
                : internal(what + " failed: " + cause.getClass().getSimpleName());
    }

    /** The contract's error. */
    public Error error() {
        return error;
    }

    /** The gRPC status that goes with it. */
    public Status.Code code() {
        return code;
    }

    /** Whether another model might do better with the same request: not so for a request that is wrong in itself. */
    public boolean anotherMayServe() {
        return switch (code) {
            case UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, INTERNAL -> true;
            default -> false;
        };
    }

    /** As a failed RPC: status, message, and the error in its trailer. */
    public StatusRuntimeException asStatus() {
        return code.toStatus().withDescription(error.getMessage()).asRuntimeException(trailers());
    }

    /** The trailers of a failed RPC. */
    public Metadata trailers() {
        Metadata trailers = new Metadata();
        trailers.put(TRAILER, error.toByteArray());
        return trailers;
    }

    private static String quoted(Object value) {
        String text = String.valueOf(value);
        return '"' + (text.length() > MAX_QUOTED ? text.substring(0, MAX_QUOTED) + "…" : text) + '"';
    }
}
