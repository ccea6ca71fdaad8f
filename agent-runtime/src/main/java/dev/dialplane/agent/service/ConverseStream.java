package dev.dialplane.agent.service;

import dev.dialplane.agent.call.Call;
import dev.dialplane.agent.offer.CallFence;
import dev.dialplane.contracts.agent.v1.CallSummary;
import dev.dialplane.contracts.agent.v1.ConverseRequest;
import dev.dialplane.contracts.agent.v1.ConverseResponse;
import dev.dialplane.contracts.agent.v1.Opened;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/** One Converse stream: its first message decides whose it is, its end is told to the call. */
final class ConverseStream implements StreamObserver<ConverseRequest> {
    private final Agent agent;
    private final ServerCallStreamObserver<ConverseResponse> responses;
    private @Nullable CallFence fence;
    private @Nullable Call call;
    private boolean closed;

    ConverseStream(Agent agent, ServerCallStreamObserver<ConverseResponse> responses) {
        this.agent = agent;
        this.responses = responses;
        agent.streamOpened(this);
        // Without a handler of its own, gRPC throws at whoever sends on a canceled stream.
        responses.setOnCancelHandler(this::broken);
        // gRPC takes a handler only now, before the first message tells whose stream it is.
        responses.setOnReadyHandler(() -> {
            Call current = call;
            if (current != null) {
                current.ready();
            }
        });
    }

    ServerCallStreamObserver<ConverseResponse> responses() {
        return responses;
    }

    @Override
    public void onNext(ConverseRequest message) {
        if (closed) {
            return;
        }
        if (fence == null) {
            open(message);
            return;
        }
        if (message.getMessageCase() == ConverseRequest.MessageCase.SUMMARY_TAKEN) {
            agent.summaryTaken(fence);
            return;
        }
        Call current = call;
        if (current != null) {
            current.receive(message);
        }
    }

    private void open(ConverseRequest message) {
        if (message.getMessageCase() != ConverseRequest.MessageCase.OPEN) {
            fail(Status.INVALID_ARGUMENT.withDescription(
                    "message is " + message.getMessageCase() + ", the first must be OPEN"));
            return;
        }
        CallFence opened = CallFence.of(message.getOpen().getFence());
        fence = opened;
        call = agent.open(this, opened, message.getOpen().getPodUid());
    }

    /** The gateway's stream was closed without a word. */
    private void broken() {
        if (!closed) {
            close(true);
        }
    }

    @Override
    public void onError(Throwable cause) {
        broken();
    }

    @Override
    public void onCompleted() {
        if (!closed) {
            close(true);
            responses.onCompleted();
        }
    }

    /** It cannot have the call. */
    void refuse(String why) {
        fail(Status.FAILED_PRECONDITION.withDescription(why));
    }

    /** The call is over; here is its summary once more. */
    void wrapUp(CallFence wrapped, long generation, CallSummary summary) {
        responses.onNext(ConverseResponse.newBuilder()
                .setOpened(Opened.newBuilder().setFence(wrapped.toProto()).setAgentGeneration(generation))
                .build());
        responses.onNext(ConverseResponse.newBuilder().setSummary(summary).build());
    }

    /** The summary was taken: nothing more will be said here. */
    void letGo() {
        if (!closed) {
            close(false);
            responses.onCompleted();
        }
    }

    private void fail(Status status) {
        if (!closed) {
            close(false);
            responses.onError(status.asRuntimeException());
        }
    }

    private void close(boolean tellCall) {
        closed = true;
        agent.streamClosed(this);
        Call current = call;
        call = null;
        if (tellCall && current != null) {
            current.lost(responses);
        }
    }
}
