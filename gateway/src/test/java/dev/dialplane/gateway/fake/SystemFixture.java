package dev.dialplane.gateway.fake;

import static org.awaitility.Awaitility.await;

import dev.dialplane.contracts.agent.v1.Phase;
import dev.dialplane.contracts.control.v1.CallEvent;
import dev.dialplane.contracts.control.v1.Snapshot;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What every test with real sockets starts from: an operator, agents, a gateway between them. */
public abstract class SystemFixture {
    /** Far beyond what anything here takes: the machine may be busy. */
    protected static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    protected Path directory;

    protected final TestGateway.Options options = new TestGateway.Options();
    protected final List<FakeAgent> agents = new ArrayList<>();
    protected FakeOperator operator;
    private @Nullable TestGateway gateway;

    @BeforeEach
    void operatorStands() throws Exception {
        operator = new FakeOperator("127.0.0.1");
        options.operator = operator.address();
    }

    @AfterEach
    void allGo() throws Exception {
        if (gateway != null) {
            gateway.close();
        }
        agents.forEach(FakeAgent::close);
        operator.close();
    }

    protected FakeAgent agent(String uid) throws Exception {
        return agent(uid, a -> new Receptionist());
    }

    protected FakeAgent agent(String uid, Function<FakeAgent, FakeAgent.Talk> talks) throws Exception {
        FakeAgent agent = new FakeAgent(uid, FakeWorld.POOL, "127.0.0.1", talks);
        agents.add(agent);
        return agent;
    }

    /** A gateway that knows one pool and all agents made so far. */
    protected TestGateway start() throws Exception {
        return start(TestGateway.snapshot(agents));
    }

    protected TestGateway start(Snapshot snapshot) throws Exception {
        operator.snapshot = snapshot;
        return startAsItIs();
    }

    protected TestGateway startAsItIs() throws Exception {
        TestGateway started = new TestGateway(directory, options);
        gateway = started;
        await().atMost(PATIENCE).until(() -> started.gateway().ready());
        await().atMost(PATIENCE).until(() -> agents.stream().allMatch(a -> a.phase() == Phase.PHASE_IDLE));
        return started;
    }

    /** The one that was started last. */
    protected TestGateway gateway() {
        return Objects.requireNonNull(gateway);
    }

    protected List<CallEvent> events() {
        return operator.events();
    }

    protected CallEvent ended() {
        await().atMost(PATIENCE).until(() -> events().stream().anyMatch(CallEvent::hasEnded));
        return events().stream().filter(CallEvent::hasEnded).findFirst().orElseThrow();
    }

    protected CallEvent refused() {
        await().atMost(PATIENCE).until(() -> events().stream().anyMatch(CallEvent::hasRefused));
        return events().stream().filter(CallEvent::hasRefused).findFirst().orElseThrow();
    }

    protected void ended(int calls) {
        await().atMost(PATIENCE)
                .until(() -> events().stream().filter(CallEvent::hasEnded).count() == calls);
    }

    /** Waits until the caller's ear got that value. */
    protected static void hears(FakeCarrier carrier, int value) {
        await().atMost(PATIENCE).until(() -> carrier.heard.contains(value));
    }

    /** Says something for 400 ms, then nothing. */
    protected static void speak(FakeCarrier carrier) {
        carrier.voice = 0;
        int from = carrier.heard.size();
        await().atMost(PATIENCE).until(() -> carrier.heard.size() >= from + 20);
        carrier.voice = 0xFF;
    }
}
