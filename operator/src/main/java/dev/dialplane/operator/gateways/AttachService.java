package dev.dialplane.operator.gateways;

import dev.dialplane.contracts.control.v1.AttachRequest;
import dev.dialplane.contracts.control.v1.AttachResponse;
import dev.dialplane.contracts.control.v1.ControlGrpc;
import dev.dialplane.contracts.tls.PeerName;
import dev.dialplane.operator.tls.OperatorTls;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import java.util.Optional;

/** {@code Control.Attach}: one stream a gateway, at the operator that leads. */
@GrpcService
public class AttachService extends ControlGrpc.ControlImplBase {

    private final Attachments attachments;
    private final boolean namesCount;

    AttachService(Attachments attachments, OperatorTls tls) {
        this.attachments = attachments;
        this.namesCount = tls.on();
    }

    @Override
    public StreamObserver<AttachRequest> attach(StreamObserver<AttachResponse> responses) {
        var stream = (ServerCallStreamObserver<AttachResponse>) responses;
        stream.disableAutoRequest();
        // Before anything else, because gateways ask every second: it costs nobody anything.
        Optional<Status> standsBy = attachments.standsBy();
        if (standsBy.isPresent()) {
            stream.onError(standsBy.get().asRuntimeException());
            return new Ignore();
        }
        String peer = Bearer.peer();
        if (namesCount && !PeerName.GATEWAY.equals(peer)) {
            attachments.refused("no gateway's certificate");
            stream.onError(Status.PERMISSION_DENIED
                    .withDescription("gateways attach, and this is " + (peer == null ? "nobody" : peer))
                    .asRuntimeException());
            return new Ignore();
        }
        String token = Bearer.token();
        if (token == null) {
            attachments.refused("no token");
            stream.onError(Status.UNAUTHENTICATED
                    .withDescription("a gateway attaches with authorization: Bearer <service account token>")
                    .asRuntimeException());
            return new Ignore();
        }
        return new Attachment(attachments, stream, token);
    }

    /** Takes what a refused client had already sent. */
    private static final class Ignore implements StreamObserver<AttachRequest> {
        @Override
        public void onNext(AttachRequest message) {}

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {}
    }
}
