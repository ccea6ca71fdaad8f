package dev.dialplane.agent.service;

import dev.dialplane.agent.offer.CallFence;
import dev.dialplane.contracts.agent.v1.AcknowledgeSummaryRequest;
import dev.dialplane.contracts.agent.v1.AcknowledgeSummaryResponse;
import dev.dialplane.contracts.agent.v1.AgentGrpc;
import dev.dialplane.contracts.agent.v1.ConverseRequest;
import dev.dialplane.contracts.agent.v1.ConverseResponse;
import dev.dialplane.contracts.agent.v1.OfferRequest;
import dev.dialplane.contracts.agent.v1.OfferResponse;
import dev.dialplane.contracts.agent.v1.PrepareRequest;
import dev.dialplane.contracts.agent.v1.PrepareResponse;
import dev.dialplane.contracts.agent.v1.ReleaseRequest;
import dev.dialplane.contracts.agent.v1.ReleaseResponse;
import dev.dialplane.contracts.agent.v1.RetireRequest;
import dev.dialplane.contracts.agent.v1.RetireResponse;
import dev.dialplane.contracts.agent.v1.WatchRequest;
import dev.dialplane.contracts.agent.v1.WatchResponse;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/** The Agent service on the wire. Its server's executor is the loop, so every method runs there. */
public final class AgentService extends AgentGrpc.AgentImplBase {
    private final Agent agent;

    /** Serves this agent. */
    public AgentService(Agent agent) {
        this.agent = agent;
    }

    @Override
    public void watch(WatchRequest request, StreamObserver<WatchResponse> responses) {
        agent.watch((ServerCallStreamObserver<WatchResponse>) responses);
    }

    @Override
    public void prepare(PrepareRequest request, StreamObserver<PrepareResponse> responses) {
        // Whoever asked may be gone by the time it is done.
        ((ServerCallStreamObserver<PrepareResponse>) responses).setOnCancelHandler(() -> {});
        agent.prepare(request, responses);
    }

    @Override
    public void offer(OfferRequest request, StreamObserver<OfferResponse> responses) {
        // After a pause a whole queue of questions waits, and some of those who asked have found another agent since.
        if (!((ServerCallStreamObserver<OfferResponse>) responses).isCancelled()) {
            answer(responses, agent.offer(request));
        }
    }

    @Override
    public void release(ReleaseRequest request, StreamObserver<ReleaseResponse> responses) {
        agent.release(CallFence.of(request.getFence()));
        answer(responses, ReleaseResponse.getDefaultInstance());
    }

    @Override
    public StreamObserver<ConverseRequest> converse(StreamObserver<ConverseResponse> responses) {
        return new ConverseStream(agent, (ServerCallStreamObserver<ConverseResponse>) responses);
    }

    @Override
    public void acknowledgeSummary(
            AcknowledgeSummaryRequest request, StreamObserver<AcknowledgeSummaryResponse> responses) {
        CallFence fence = CallFence.of(request.getFence());
        if (agent.summaryTaken(fence)) {
            answer(responses, AcknowledgeSummaryResponse.getDefaultInstance());
        } else {
            responses.onError(Status.FAILED_PRECONDITION
                    .withDescription("the agent holds no summary of " + fence)
                    .asRuntimeException());
        }
    }

    @Override
    public void retire(RetireRequest request, StreamObserver<RetireResponse> responses) {
        answer(responses, agent.retire(request));
    }

    private static <T> void answer(StreamObserver<T> responses, T response) {
        responses.onNext(response);
        responses.onCompleted();
    }
}
