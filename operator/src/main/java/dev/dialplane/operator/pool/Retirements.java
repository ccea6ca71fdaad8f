package dev.dialplane.operator.pool;

import dev.dialplane.contracts.control.v1.Order;
import dev.dialplane.contracts.control.v1.RetireOrder;
import dev.dialplane.operator.gateways.AgentBoard;
import dev.dialplane.operator.gateways.Orders;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** Asks agents to leave, through the gateways that reach them, and remembers who agreed. */
@Singleton
public class Retirements {

    /** An agent that said no is not asked again sooner: its call will take a while. */
    static final Duration ASK_AGAIN = Duration.ofSeconds(5);

    private static final int ASKED_AT_ONCE = 64;

    private final Orders orders;
    private final AgentBoard board;
    private final PoolTrigger trigger;
    private final MeterRegistry meters;
    private final Clock clock;
    private final Semaphore room = new Semaphore(ASKED_AT_ONCE);
    private final Map<String, State> states = new ConcurrentHashMap<>();

    private sealed interface State {
        record Asked() implements State {}

        record Refused(Instant askAgain) implements State {}

        record Agreed() implements State {}
    }

    Retirements(
            Orders orders, AgentBoard board, PoolTrigger trigger, AgentPods pods, MeterRegistry meters, Clock clock) {
        this.orders = orders;
        this.board = board;
        this.trigger = trigger;
        this.meters = meters;
        this.clock = clock;
        pods.listen(this::podChanged);
    }

    /** Returns whether an agent was asked, or has just said no. */
    boolean asked(String podUid) {
        return switch (states.get(podUid)) {
            case null -> false;
            case State.Asked() -> true;
            case State.Refused(Instant askAgain) -> askAgain.isAfter(clock.instant());
            case State.Agreed() -> false;
        };
    }

    /** Returns whether an agent agreed to leave. */
    boolean agreed(String podUid) {
        return states.get(podUid) instanceof State.Agreed;
    }

    /** Asks an agent; the pool is reconciled again when it has answered. */
    void ask(AgentPod pod, String reason) {
        if (!room.tryAcquire()) {
            return;
        }
        states.put(pod.uid(), new State.Asked());
        Deque<String> gateways = new ArrayDeque<>(board.reaching(pod.uid()));
        askNext(pod, reason, gateways);
    }

    private void askNext(AgentPod pod, String reason, Deque<String> gateways) {
        String gateway = gateways.poll();
        if (gateway == null) {
            answered(pod, Orders.Outcome.NotThere);
            return;
        }
        var unused = orders.send(
                        gateway,
                        Order.newBuilder()
                                .setRetire(RetireOrder.newBuilder()
                                        .setPodUid(pod.uid())
                                        .setReason(reason)))
                .thenAccept(outcome -> {
                    if (outcome == Orders.Outcome.NotThere || outcome == Orders.Outcome.Unanswered) {
                        askNext(pod, reason, gateways);
                    } else {
                        answered(pod, outcome);
                    }
                });
    }

    private void answered(AgentPod pod, Orders.Outcome outcome) {
        room.release();
        meters.counter(
                        "dialplane.operator.retirements",
                        "answer",
                        outcome.name().toLowerCase(Locale.ROOT))
                .increment();
        states.computeIfPresent(
                pod.uid(),
                (_, _) -> outcome == Orders.Outcome.Done
                        ? new State.Agreed()
                        : new State.Refused(clock.instant().plus(ASK_AGAIN)));
        trigger.nudge(pod.pool());
        if (outcome != Orders.Outcome.Done) {
            trigger.nudge(pod.pool(), ASK_AGAIN.plusMillis(1));
        }
    }

    private void podChanged(@Nullable AgentPod before, @Nullable AgentPod after) {
        if (after == null && before != null) {
            states.remove(before.uid());
        }
    }
}
