package dev.dialplane.agent.life;

import java.time.Duration;
import java.util.Optional;

/**
 * An agent's life as a value: {@code Starting → Preparing → Idle → Offered → Active → Wrapping → Resetting → Idle}, and
 * {@code Retiring} from any of them once no call is left.
 *
 * @param state where it is
 * @param prepared whether it ever was prepared
 * @param leaving told to end; a call in progress finishes first
 */
public record Life(State state, boolean prepared, boolean leaving) {
    /** The exit status of an agent whose state outlived its deadline. */
    public static final int OVERDUE = 70;

    /** The exit status of an agent that found something of a call left after its reset. */
    public static final int UNCLEAN = 71;

    /** A process that has just begun. */
    public static Life begin() {
        return new Life(new State.Starting(), false, false);
    }

    /**
     * The life after an event. An event that means nothing in the present state (a late timer, a summary that was taken
     * twice) leaves it as it is.
     */
    public Life on(Event event) {
        if (event instanceof Event.Terminated) {
            return new Life(state, prepared, true).leaveIfFree();
        }
        return switch (state) {
            case State.Starting _ ->
                switch (event) {
                    case Event.PrepareAsked(String hash) -> to(new State.Preparing(hash));
                    case Event.RetireAsked _ -> to(new State.Retiring());
                    case Event.DeadlinePassed _ -> overdue();
                    default -> this;
                };
            case State.Preparing _ ->
                switch (event) {
                    case Event.Prepared _ -> new Life(free(), true, leaving);
                    case Event.PrepareFailed _ -> to(prepared ? free() : new State.Starting());
                    case Event.RetireAsked _ -> to(new State.Retiring());
                    case Event.DeadlinePassed _ -> overdue();
                    default -> this;
                };
            case State.Idle _ ->
                switch (event) {
                    case Event.PrepareAsked(String hash) -> to(new State.Preparing(hash));
                    case Event.OfferAccepted(var fence) -> to(new State.Offered(fence));
                    case Event.RetireAsked _ -> to(new State.Retiring());
                    default -> this;
                };
            case State.Offered(var held) ->
                switch (event) {
                    case Event.OfferAccepted(var fence) -> to(new State.Offered(fence));
                    case Event.ConverseBegan(var fence) when fence.equals(held) -> to(new State.Active(fence));
                    case Event.OfferReleased(var fence) when fence.equals(held) -> to(free());
                    // The offer expired: it is as if never made.
                    case Event.DeadlinePassed _ -> to(free());
                    default -> this;
                };
            case State.Active _ ->
                switch (event) {
                    case Event.OfferAccepted(var fence) -> to(new State.Active(fence));
                    case Event.CallEnded _ -> to(new State.Wrapping(((State.Active) state).fence()));
                    default -> this;
                };
            case State.Wrapping(var held) ->
                switch (event) {
                    case Event.SummaryTaken(var fence) when fence.equals(held) -> to(new State.Resetting());
                    case Event.DeadlinePassed _ -> overdue();
                    default -> this;
                };
            case State.Resetting _ ->
                switch (event) {
                    case Event.ResetClean _ -> to(free());
                    case Event.ResetDirty(String what) -> to(new State.Gone(UNCLEAN, "left of the last call: " + what));
                    case Event.DeadlinePassed _ -> overdue();
                    default -> this;
                };
            // Leaves when everybody who watches was told, or when its time is up.
            case State.Retiring _ -> event instanceof Event.DeadlinePassed ? to(new State.Gone(0, "retired")) : this;
            case State.Gone _ -> this;
        };
    }

    /**
     * How long a state may last before {@link Event.DeadlinePassed}; empty for Idle and Active, which may last, and for
     * Offered, whose offer says it.
     */
    public static Optional<Duration> deadline(State state) {
        return switch (state) {
            // Longer than any gateway needs to come back; an agent that none prepares is of no use.
            case State.Starting _ -> Optional.of(Duration.ofMinutes(15));
            // A first preparation may load models and render every answer.
            case State.Preparing _ -> Optional.of(Duration.ofMinutes(5));
            // Longer than a gateway's restart; the summary is lost with the agent.
            case State.Wrapping _ -> Optional.of(Duration.ofMinutes(15));
            case State.Resetting _ -> Optional.of(Duration.ofSeconds(5));
            case State.Retiring _ -> Optional.of(Duration.ofMillis(200));
            case State.Idle _, State.Active _, State.Offered _, State.Gone _ -> Optional.empty();
        };
    }

    /** Whether an offer, a call or its summary keeps the agent from leaving. */
    public boolean bound() {
        return switch (state) {
            case State.Offered _, State.Active _, State.Wrapping _ -> true;
            case State.Starting _, State.Preparing _, State.Idle _, State.Resetting _, State.Retiring _, State.Gone _ ->
                false;
        };
    }

    private Life leaveIfFree() {
        return bound() || state instanceof State.Gone ? this : to(new State.Retiring());
    }

    private State free() {
        return leaving ? new State.Retiring() : new State.Idle();
    }

    private Life overdue() {
        return to(new State.Gone(
                OVERDUE,
                state.getClass().getSimpleName() + " for longer than "
                        + deadline(state).orElseThrow().toSeconds() + " s"));
    }

    private Life to(State next) {
        return new Life(next, prepared, leaving);
    }
}
