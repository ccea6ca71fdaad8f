package dev.dialplane.gateway.binding;

import dev.dialplane.contracts.agent.v1.CallSummary;
import dev.dialplane.contracts.agent.v1.OfferKind;
import dev.dialplane.contracts.common.v1.AudioFormat;
import dev.dialplane.contracts.common.v1.CarrierCapabilities;
import dev.dialplane.contracts.common.v1.Direction;
import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.contracts.control.v1.AgentAddress;
import dev.dialplane.contracts.control.v1.AgentState;
import dev.dialplane.contracts.control.v1.Demand;
import dev.dialplane.contracts.control.v1.Pool;
import dev.dialplane.gateway.token.CallTokens;
import dev.dialplane.gateway.token.SigningKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/** A binder among simulated agents, in virtual time. */
final class World {
    static final PoolRef POOL = ref("receptionist");
    static final Duration EXPIRY = Duration.ofSeconds(5);

    final VirtualLoop loop = new VirtualLoop();
    final Map<String, SimulatedAgent> agents = new LinkedHashMap<>();
    final List<AgentState> told = new ArrayList<>();
    final List<SearchEnd> ends = new ArrayList<>();
    final Map<PoolRef, Demand> demand = new HashMap<>();
    final Binder binder;

    World() {
        this("gateway-1", "", 32);
    }

    World(String gatewayId, String zone, int others) {
        binder = new Binder(
                new BindingSettings(
                        gatewayId,
                        gatewayId,
                        zone,
                        Duration.ofMillis(300),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(10),
                        4,
                        others),
                new CallTokens(new SigningKey(
                        "0123456789abcdef0123456789abcdef".getBytes(java.nio.charset.StandardCharsets.US_ASCII))),
                loop,
                this::connect,
                () -> Instant.ofEpochMilli(loop.millis()),
                new BindingListener() {
                    @Override
                    public void agentChanged(AgentState state) {
                        told.add(state);
                    }

                    @Override
                    public void demandChanged(Demand now) {
                        demand.put(now.getPool(), now);
                    }

                    @Override
                    public void summaryWaits(String podUid, CallSummary summary) {}

                    @Override
                    public void searched(long nanos, SearchEnd end) {
                        ends.add(end);
                    }

                    @Override
                    public void offered(long nanos, String answer) {}
                });
    }

    private AgentConnection connect(AgentAddress address) {
        return agent(address.getPodUid()).connect();
    }

    static PoolRef ref(String name) {
        return PoolRef.newBuilder().setNamespace("default").setName(name).build();
    }

    static Pool.Builder pool(PoolRef ref) {
        return Pool.newBuilder()
                .setRef(ref)
                .setSpecHash("spec-1")
                .setQueueMaxWaitMs(2_000)
                .setQueueMaxLength(5);
    }

    /** An idle agent that the binder is told of. */
    SimulatedAgent idle(String uid, PoolRef pool) {
        return join(SimulatedAgent.idle(loop, uid, pool, "spec-1"));
    }

    SimulatedAgent join(SimulatedAgent agent) {
        agents.put(agent.uid(), agent);
        binder.upsertAgent(agent.address());
        return agent;
    }

    static BindRequest request(String callId, int attempt, PoolRef pool) {
        return request(callId, attempt, pool, Map.of());
    }

    static BindRequest request(String callId, int attempt, PoolRef pool, Map<String, String> variables) {
        return new BindRequest(
                callId,
                attempt,
                pool,
                OfferKind.OFFER_KIND_LIVE,
                new BindRequest.Terms(
                        Direction.DIRECTION_INBOUND,
                        CarrierCapabilities.getDefaultInstance(),
                        AudioFormat.getDefaultInstance(),
                        AudioFormat.getDefaultInstance(),
                        variables,
                        Duration.ofSeconds(10)),
                Duration.ofSeconds(10),
                EXPIRY);
    }

    CompletableFuture<BindOutcome> bind(String callId) {
        return bind(callId, POOL);
    }

    CompletableFuture<BindOutcome> bind(String callId, PoolRef pool) {
        return binder.bind(request(callId, 1, pool));
    }

    void pass(long milliseconds) {
        loop.pass(Duration.ofMillis(milliseconds));
    }

    Demand demand(PoolRef pool) {
        return Objects.requireNonNull(demand.get(pool));
    }

    SimulatedAgent agent(String uid) {
        return Objects.requireNonNull(agents.get(uid));
    }

    /** Searches, bindings and connections. */
    List<Integer> held() {
        CompletableFuture<List<Integer>> held = binder.held();
        loop.settle();
        return held.join();
    }
}
