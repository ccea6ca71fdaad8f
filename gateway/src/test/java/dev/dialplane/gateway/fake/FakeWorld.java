package dev.dialplane.gateway.fake;

import dev.dialplane.contracts.common.v1.AgentSpec;
import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.contracts.common.v1.TransferTarget;
import dev.dialplane.contracts.control.v1.Pool;
import dev.dialplane.contracts.control.v1.Snapshot;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Stands a gateway's neighbors up, and places a call: for trying a built gateway by hand. */
public final class FakeWorld {
    private FakeWorld() {}

    public static final PoolRef POOL =
            PoolRef.newBuilder().setNamespace("default").setName("receptionist").build();

    public static Pool.Builder pool() {
        return Pool.newBuilder()
                .setRef(POOL)
                .setSpec(AgentSpec.newBuilder()
                        .setGreeting("hello")
                        .addTransferTargets(
                                TransferTarget.newBuilder().setName("desk").setTo("+918000000009")))
                .setSpecHash("spec-1")
                .setQueueMaxWaitMs(2_000)
                .setQueueMaxLength(5)
                .setMaxDurationMs(3_600_000);
    }

    /**
     * With the operator's port fixed to what the gateway was told.
     *
     * @param args the media URL to call; then how many agents
     */
    public static void main(String[] args) throws Exception {
        FakeOperator operator = new FakeOperator("127.0.0.1");
        List<FakeAgent> agents = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(args[0]); i++) {
            agents.add(new FakeAgent("uid-" + i, POOL, "127.0.0.1", a -> new Receptionist()));
        }
        operator.snapshot = Snapshot.newBuilder()
                .setVersion(1)
                .addPools(pool())
                .addAllAgents(agents.stream().map(FakeAgent::address).toList())
                .build();
        System.out.println("OPERATOR " + operator.address());
        System.in.read();
        Vertx vertx = Vertx.vertx();
        FakeCarrier carrier = FakeCarrier.call(vertx, args[1], "CA" + System.nanoTime(), Map.of());
        CompletableFuture.runAsync(() -> {}, CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS))
                .join();
        carrier.voice = 0;
        CompletableFuture.runAsync(() -> {}, CompletableFuture.delayedExecutor(600, TimeUnit.MILLISECONDS))
                .join();
        carrier.voice = 0xFF;
        CompletableFuture.runAsync(() -> {}, CompletableFuture.delayedExecutor(1500, TimeUnit.MILLISECONDS))
                .join();
        carrier.dtmf("#");
        carrier.closed.get(10, TimeUnit.SECONDS);
        System.out.println("heard " + carrier.heard);
        System.out.println("media " + carrier.count("media") + " marks " + carrier.count("mark"));
        CompletableFuture.runAsync(() -> {}, CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS))
                .join();
        operator.events()
                .forEach(e -> System.out.println("EVENT " + e.toString().replace('\n', ' ')));
        System.exit(0);
    }
}
