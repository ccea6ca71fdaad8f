package dev.dialplane.operator.gateways;

import dev.dialplane.contracts.control.v1.AttachRequest;
import dev.dialplane.contracts.control.v1.AttachResponse;
import dev.dialplane.contracts.control.v1.CallEvent;
import dev.dialplane.contracts.control.v1.Hello;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One gateway's stream. Its messages are handled one after another on a virtual thread of its own, the next one read
 * once the last was handled.
 */
final class Attachment implements StreamObserver<AttachRequest> {

    private final Attachments attachments;
    private final ServerCallStreamObserver<AttachResponse> stream;
    private final Outbox outbox;
    private final Consumer<AttachResponse> sender;
    private final String token;
    private final ExecutorService mailbox;
    private volatile boolean open = true;

    private GatewayIdentity.@Nullable Pod identity;

    private volatile @Nullable String gateway;

    Attachment(Attachments attachments, ServerCallStreamObserver<AttachResponse> stream, String token) {
        this.attachments = attachments;
        this.stream = stream;
        this.token = token;
        this.outbox = new Outbox(stream);
        this.sender = outbox::send;
        this.mailbox = Executors.newSingleThreadExecutor(
                Thread.ofVirtual().name("attach-", 0).factory());
        stream.setOnReadyHandler(outbox::drain);
        stream.setOnCancelHandler(this::gone);
        stream.setOnCloseHandler(this::gone);
        mailbox.execute(this::authenticate);
    }

    Consumer<AttachResponse> sender() {
        return sender;
    }

    boolean open() {
        return open;
    }

    /** Ends the stream. */
    void close(Status status) {
        outbox.close(status);
        gone();
    }

    @Override
    public void onNext(AttachRequest message) {
        try {
            mailbox.execute(() -> handle(message));
        } catch (RejectedExecutionException e) {
            // The stream was closed while this message was on its way.
        }
    }

    @Override
    public void onError(Throwable failure) {
        gone();
    }

    @Override
    public void onCompleted() {
        close(Status.OK);
    }

    private void authenticate() {
        try {
            identity = attachments.identify(token);
            stream.request(1);
        } catch (StatusException e) {
            attachments.refused(String.valueOf(e.getStatus().getDescription()));
            close(e.getStatus());
        }
    }

    private void handle(AttachRequest message) {
        if (!open) {
            return;
        }
        try {
            String name = gateway;
            if (name == null) {
                hello(message);
            } else {
                attached(name, message);
            }
            stream.request(1);
        } catch (StatusException e) {
            attachments.refused(String.valueOf(e.getStatus().getDescription()));
            close(e.getStatus());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close(Status.UNAVAILABLE.withDescription("the operator is stopping"));
        } catch (RuntimeException e) {
            attachments.failed(gateway, e);
            close(Status.INTERNAL.withDescription("the operator failed on this message; attach again"));
        }
    }

    private void hello(AttachRequest message) throws StatusException, InterruptedException {
        if (!message.hasHello()) {
            throw Status.INVALID_ARGUMENT
                    .withDescription("the first message must be hello, not "
                            + message.getMessageCase().name().toLowerCase(java.util.Locale.ROOT))
                    .asException();
        }
        Hello hello = message.getHello();
        GatewayIdentity.Pod pod = identity;
        if (pod == null || !pod.podUid().equals(hello.getGatewayId())) {
            throw Status.PERMISSION_DENIED
                    .withDescription("hello.gateway_id '%s' is not the UID of the pod that the token was made for"
                            .formatted(hello.getGatewayId()))
                    .asException();
        }
        if (!attachments.settled(this::open)) {
            return;
        }
        gateway = hello.getGatewayId();
        attachments.attach(this, hello);
        if (!open) {
            attachments.detach(hello.getGatewayId(), this);
        }
    }

    private void attached(String gateway, AttachRequest message) throws StatusException, InterruptedException {
        switch (message.getMessageCase()) {
            case AGENT_STATES -> attachments.agents(gateway, message.getAgentStates());
            case DEMAND -> attachments.demand(gateway, message.getDemand());
            case CALL_EVENT -> event(gateway, message.getCallEvent());
            case ORDER_RESULT -> attachments.answered(message.getOrderResult());
            case HELLO ->
                throw Status.INVALID_ARGUMENT
                        .withDescription("hello comes once, as the first message")
                        .asException();
            case MESSAGE_NOT_SET -> {
                // A message of a newer gateway.
            }
        }
    }

    private void event(String gateway, CallEvent event) throws StatusException, InterruptedException {
        CallEventCheck.check(event);
        attachments.event(
                gateway,
                event,
                ack -> outbox.send(AttachResponse.newBuilder().setEventAck(ack).build()),
                this::open);
    }

    private void gone() {
        open = false;
        outbox.abandon();
        String attached = gateway;
        if (attached != null) {
            attachments.detach(attached, this);
        }
        mailbox.shutdown();
    }
}
