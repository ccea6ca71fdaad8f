package dev.dialplane.agent.service;

import dev.dialplane.contracts.tls.PeerName;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Optional;

/** Lets gateways in and nobody else: other agents have certificates of the same authority. */
public final class GatewaysOnly implements ServerInterceptor {
    @Override
    public <Q, P> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
        Optional<String> peer = PeerName.of(call.getAttributes());
        if (peer.filter(PeerName.GATEWAY::equals).isPresent()) {
            return next.startCall(call, headers);
        }
        call.close(
                Status.PERMISSION_DENIED.withDescription(
                        "an agent serves gateways only, and this is " + peer.orElse("nobody")),
                new Metadata());
        return new ServerCall.Listener<>() {};
    }
}
