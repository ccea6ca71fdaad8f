package dev.dialplane.agent.life;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.agent.offer.CallFence;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LifeTest {
    private static final CallFence FENCE = new CallFence("abc", 1);
    private static final CallFence HIGHER = new CallFence("abc", 2);
    private static final CallFence OTHER = new CallFence("xyz", 1);

    private static final State STARTING = new State.Starting();
    private static final State PREPARING = new State.Preparing("h");
    private static final State IDLE = new State.Idle();
    private static final State OFFERED = new State.Offered(FENCE);
    private static final State ACTIVE = new State.Active(FENCE);
    private static final State WRAPPING = new State.Wrapping(FENCE);
    private static final State RESETTING = new State.Resetting();
    private static final State RETIRING = new State.Retiring();

    private static final Event PREPARE = new Event.PrepareAsked("h");
    private static final Event PREPARED = new Event.Prepared();
    private static final Event NOT_PREPARED = new Event.PrepareFailed();
    private static final Event OFFER = new Event.OfferAccepted(FENCE);
    private static final Event CONVERSE = new Event.ConverseBegan(FENCE);
    private static final Event ENDED = new Event.CallEnded();
    private static final Event TAKEN = new Event.SummaryTaken(FENCE);
    private static final Event CLEAN = new Event.ResetClean();
    private static final Event RETIRE = new Event.RetireAsked();
    private static final Event TERMINATED = new Event.Terminated();
    private static final Event LATE = new Event.DeadlinePassed();

    static Stream<Arguments> transitions() {
        return Stream.of(
                of(STARTING, PREPARE, PREPARING),
                of(STARTING, RETIRE, RETIRING),
                of(STARTING, OFFER, STARTING),
                of(PREPARING, PREPARED, IDLE),
                of(PREPARING, RETIRE, RETIRING),
                of(IDLE, PREPARE, PREPARING),
                of(IDLE, OFFER, OFFERED),
                of(IDLE, RETIRE, RETIRING),
                of(IDLE, LATE, IDLE),
                of(OFFERED, CONVERSE, ACTIVE),
                of(OFFERED, new Event.ConverseBegan(OTHER), OFFERED),
                of(OFFERED, new Event.OfferAccepted(HIGHER), new State.Offered(HIGHER)),
                of(OFFERED, LATE, IDLE),
                of(OFFERED, RETIRE, OFFERED),
                of(ACTIVE, ENDED, WRAPPING),
                of(ACTIVE, new Event.OfferAccepted(HIGHER), new State.Active(HIGHER)),
                of(ACTIVE, RETIRE, ACTIVE),
                of(ACTIVE, PREPARE, ACTIVE),
                of(WRAPPING, TAKEN, RESETTING),
                of(WRAPPING, new Event.SummaryTaken(OTHER), WRAPPING),
                of(WRAPPING, RETIRE, WRAPPING),
                of(RESETTING, CLEAN, IDLE),
                of(RESETTING, TAKEN, RESETTING),
                of(RETIRING, OFFER, RETIRING),
                of(RETIRING, PREPARE, RETIRING),
                of(RETIRING, LATE, new State.Gone(0, "retired")));
    }

    @ParameterizedTest
    @MethodSource("transitions")
    void leadsFromOneStateToTheNext(State from, Event event, State to) {
        assertThat(new Life(from, true, false).on(event)).isEqualTo(new Life(to, true, false));
    }

    @Test
    void anAgentIsIdleOnlyOnceItWasPrepared() {
        Life failed = Life.begin().on(PREPARE).on(NOT_PREPARED);

        assertThat(failed.state()).isEqualTo(STARTING);
        assertThat(failed.on(PREPARE).on(PREPARED).state()).isEqualTo(IDLE);
    }

    @Test
    void anAgentThatCannotBePreparedForAnotherSpecKeepsItsOwn() {
        Life prepared = Life.begin().on(PREPARE).on(PREPARED);

        assertThat(prepared.on(PREPARE).on(NOT_PREPARED).state()).isEqualTo(IDLE);
    }

    @Test
    void toldToEndItFinishesItsCallFirstAndTakesNoOther() {
        Life life = new Life(ACTIVE, true, false).on(TERMINATED);
        assertThat(life.state()).isEqualTo(ACTIVE);

        life = life.on(ENDED);
        assertThat(life.state()).isEqualTo(WRAPPING);

        life = life.on(TAKEN);
        assertThat(life.state()).isEqualTo(RESETTING);

        assertThat(life.on(CLEAN).state()).isEqualTo(RETIRING);
    }

    @Test
    void toldToEndWhileOfferedItWaitsForTheCallOrTheOffersExpiry() {
        Life life = new Life(OFFERED, true, false).on(TERMINATED);

        assertThat(life.state()).isEqualTo(OFFERED);
        assertThat(life.on(LATE).state()).isEqualTo(RETIRING);
    }

    @ParameterizedTest
    @MethodSource("free")
    void toldToEndWithoutACallItRetires(State state) {
        assertThat(new Life(state, true, false).on(TERMINATED).state()).isEqualTo(RETIRING);
    }

    static List<State> free() {
        return List.of(STARTING, PREPARING, IDLE, RESETTING, RETIRING);
    }

    @ParameterizedTest
    @MethodSource("bounded")
    void aStateThatOutlivesItsDeadlineEndsTheProcessWithAnError(State state) {
        assertThat(Life.deadline(state)).isPresent();
        assertThat(new Life(state, true, false).on(LATE).state())
                .isInstanceOfSatisfying(
                        State.Gone.class, gone -> assertThat(gone.status()).isEqualTo(Life.OVERDUE));
    }

    static List<State> bounded() {
        return List.of(STARTING, PREPARING, WRAPPING, RESETTING);
    }

    @Test
    void whatIsLeftOfACallEndsTheProcessWithAnError() {
        assertThat(new Life(RESETTING, true, false)
                        .on(new Event.ResetDirty("2 timers"))
                        .state())
                .isEqualTo(new State.Gone(Life.UNCLEAN, "left of the last call: 2 timers"));
    }

    @Test
    void onlyIdleAndActiveMayLast() {
        assertThat(Life.deadline(IDLE)).isEmpty();
        assertThat(Life.deadline(ACTIVE)).isEmpty();
    }

    private static Arguments of(State from, Event event, State to) {
        return Arguments.of(from, event, to);
    }
}
