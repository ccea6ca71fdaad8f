package dev.dialplane.gateway.binding;

import dev.dialplane.contracts.agent.v1.Phase;
import dev.dialplane.contracts.agent.v1.WatchRequest;
import dev.dialplane.contracts.agent.v1.WatchResponse;
import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.control.v1.AgentAddress;
import dev.dialplane.contracts.control.v1.AgentState;
import dev.dialplane.gateway.loop.Backoff;
import dev.dialplane.gateway.loop.Loop;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The open connection to one agent, and what is known of its state. Belongs to the binding loop: every method is called on
 * it, and so is the listener.
 */
final class AgentLink {
    /** Hears of every change. */
    interface Listener {
        void changed(AgentLink link);
    }

    /** How long one that said something strange is left alone, unless it is heard of before. */
    private static final Duration SUSPICION = Duration.ofSeconds(2);

    private final Loop loop;
    private final String gateway;
    private final Listener listener;
    private final AgentConnection connection;
    private final Backoff backoff;
    private final Backoff prepareBackoff;

    private AgentAddress address;
    private WatchResponse state = WatchResponse.getDefaultInstance();
    private Fence lastActive = Fence.getDefaultInstance();
    private boolean connected;
    private boolean closed;
    private boolean suspect;
    private boolean prepareResting;
    private @Nullable Watching watching;
    private @Nullable Future<?> rewatch;
    private @Nullable Future<?> suspicionEnds;
    private @Nullable Future<?> restEnds;
    /** Rises with every message of the watch, so that what came before an offer is told from what came after. */
    private long heard;

    /** An offer is under way. */
    boolean asked;

    private Fence ours = Fence.getDefaultInstance();

    boolean preparing;
    String prepareError = "";

    AgentLink(
            AgentAddress address,
            String gateway,
            AgentConnection connection,
            Loop loop,
            RandomGenerator random,
            Listener listener) {
        backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5), random);
        prepareBackoff = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1), random);
        this.address = address;
        this.gateway = gateway;
        this.connection = connection;
        this.loop = loop;
        this.listener = listener;
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

    AgentConnection connection() {
        return connection;
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

    /** Whether it can be asked to prepare, as far as this gateway knows. */
    boolean preparable() {
        return connected && !closed && !asked && !preparing && !prepareResting;
    }

    void watch() {
        if (!closed) {
            Watching fresh = new Watching();
            watching = fresh;
            connection.watch(WatchRequest.newBuilder().setGateway(gateway).build(), fresh);
        }
    }

    void close() {
        closed = true;
        connected = false;
        cancel(rewatch);
        cancel(suspicionEnds);
        cancel(restEnds);
        connection.close();
    }

    private static void cancel(@Nullable Future<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    /**
     * It answered an offer, and its watch does not say why yet: nothing is offered before it is heard of again.
     *
     * @param forgive whether it is tried again after a while even if it is not
     */
    void suspect(boolean forgive) {
        suspect = true;
        if (forgive && !closed) {
            cancel(suspicionEnds);
            suspicionEnds = loop.after(SUSPICION, () -> {
                suspect = false;
                listener.changed(this);
            });
        }
    }

    /** It accepted a call of this gateway's. */
    void accepted(Fence fence) {
        ours = fence;
    }

    /** Whether it is asked something, or is in a call of this gateway's as far as is known. */
    boolean busyForUs() {
        return asked || preparing || state.hasFence() && state.getFence().equals(ours);
    }

    void prepared() {
        prepareError = "";
        prepareBackoff.reset();
    }

    /** Its preparation failed; it is asked again later. */
    void restFromPreparing() {
        if (closed) {
            return;
        }
        prepareResting = true;
        restEnds = loop.after(prepareBackoff.next(), () -> {
            prepareResting = false;
            listener.changed(this);
        });
    }

    /** As the operator is told of it. */
    AgentState told() {
        AgentState.Builder told = AgentState.newBuilder()
                .setPodUid(podUid())
                .setPhase(state.getPhase())
                .setPreparedHash(state.getPreparedHash())
                .setCallsServed(state.getCallsServed())
                .setUnreachable(!connected)
                .setPrepareError(state.getPrepareError().isEmpty() ? prepareError : state.getPrepareError());
        if (state.hasFence()) {
            told.setFence(state.getFence());
        }
        return told.build();
    }

    private final class Watching implements AgentConnection.Watcher {
        @Override
        public void state(WatchResponse now) {
            if (closed || watching != this) {
                return;
            }
            if (!now.getPodUid().equals(podUid())) {
                // Somebody else answers at this address now; the operator will say who.
                ended();
                return;
            }
            backoff.reset();
            connected = true;
            suspect = false;
            cancel(suspicionEnds);
            heard++;
            state = now;
            if (now.getPhase() == Phase.PHASE_ACTIVE || now.getPhase() == Phase.PHASE_WRAPPING) {
                lastActive = now.getFence();
            }
            listener.changed(AgentLink.this);
        }

        @Override
        public void ended() {
            if (closed || watching != this) {
                return;
            }
            watching = null;
            connected = false;
            heard++;
            listener.changed(AgentLink.this);
            rewatch = loop.after(backoff.next(), AgentLink.this::watch);
        }
    }
}
