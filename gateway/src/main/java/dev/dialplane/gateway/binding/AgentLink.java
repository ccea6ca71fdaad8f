package dev.dialplane.gateway.binding;

import dev.dialplane.contracts.agent.v1.AgentGrpc;
import dev.dialplane.contracts.agent.v1.AgentGrpc.AgentStub;
import dev.dialplane.contracts.agent.v1.Phase;
import dev.dialplane.contracts.agent.v1.WatchRequest;
import dev.dialplane.contracts.agent.v1.WatchResponse;
import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.control.v1.AgentAddress;
import dev.dialplane.gateway.loop.Backoff;
import dev.dialplane.gateway.loop.SerialLoop;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * The open connection to one agent, and what is known of its state. Belongs to the binding loop: every method is called on
 * it, and so is the listener.
 */
final class AgentLink {
    /** Hears of every change. */
    interface Listener {
        void changed(AgentLink link);
    }

    private final SerialLoop loop;
    private final String gateway;
    private final Listener listener;
    private final Backoff backoff =
            new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5), RandomGenerator.getDefault());
    private final ManagedChannel channel;
    private final AgentStub stub;
    private final Context.CancellableContext watching = Context.ROOT.withCancellation();

    private AgentAddress address;
    private WatchResponse state = WatchResponse.getDefaultInstance();
    private Fence lastActive = Fence.getDefaultInstance();
    private boolean connected;
    private boolean closed;
    /** Rises with every message of the watch, so that what came before an offer is told from what came after. */
    private long heard;

    /** An offer or a retirement is under way. */
    boolean asked;
    /** It said something that its watched state does not explain; nothing is offered before it is heard of again. */
    boolean suspect;

    boolean preparing;
    String prepareError = "";
    Backoff prepareBackoff = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1), RandomGenerator.getDefault());
    boolean prepareResting;

    AgentLink(AgentAddress address, String gateway, ManagedChannel channel, SerialLoop loop, Listener listener) {
        this.address = address;
        this.gateway = gateway;
        this.channel = channel;
        this.loop = loop;
        this.listener = listener;
        stub = AgentGrpc.newStub(channel);
    }

    AgentAddress address() {
        return address;
    }

    void readdress(AgentAddress newer) {
        address = newer;
    }

    String podUid() {
        return address.getPodUid();
    }

    AgentStub stub() {
        return stub;
    }

    WatchResponse state() {
        return state;
    }

    boolean connected() {
        return connected;
    }

    long heard() {
        return heard;
    }

    /** The last call that it was seen in. */
    Fence lastActive() {
        return lastActive;
    }

    /** Whether it can be offered a call, whatever it is prepared for. */
    boolean free() {
        return connected && !closed && !asked && !suspect && !preparing && state.getPhase() == Phase.PHASE_IDLE;
    }

    void watch() {
        if (closed) {
            return;
        }
        channel.resetConnectBackoff();
        watching.run(
                () -> stub.watch(WatchRequest.newBuilder().setGateway(gateway).build(), new Watcher()));
    }

    void close() {
        closed = true;
        connected = false;
        watching.cancel(null);
        // Calls in progress end by themselves.
        channel.shutdown();
    }

    private void heard(WatchResponse response) {
        if (closed) {
            return;
        }
        if (!response.getPodUid().equals(podUid())) {
            // Somebody else answers at this address now; the operator will say who.
            lost();
            return;
        }
        backoff.reset();
        connected = true;
        suspect = false;
        heard++;
        state = response;
        if (response.getPhase() == Phase.PHASE_ACTIVE || response.getPhase() == Phase.PHASE_WRAPPING) {
            lastActive = response.getFence();
        }
        listener.changed(this);
    }

    private void lost() {
        if (closed) {
            return;
        }
        connected = false;
        heard++;
        listener.changed(this);
        var unused = loop.after(backoff.next(), this::watch);
    }

    private final class Watcher implements StreamObserver<WatchResponse> {
        @Override
        public void onNext(WatchResponse response) {
            loop.execute(() -> heard(response));
        }

        @Override
        public void onError(Throwable failure) {
            loop.execute(AgentLink.this::lost);
        }

        @Override
        public void onCompleted() {
            loop.execute(AgentLink.this::lost);
        }
    }
}
