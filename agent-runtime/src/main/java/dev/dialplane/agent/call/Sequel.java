package dev.dialplane.agent.call;

import dev.dialplane.agent.call.Saying.Purpose;
import dev.dialplane.agent.dialogue.Dialogue;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * What the caller is still owed after a turn was committed: the rest of a reply that has stopped coming, and what tools have
 * found. It is said by another reply, which knows what was heard, as soon as nobody speaks.
 *
 * <p>A reply that stops coming is waited for as for its first word. Once it fails, a second one is asked for; if that breaks
 * off, too, the models are given up. A sound of the caller's that was nothing changes nothing about what is owed; a turn of
 * the caller's takes its place.
 */
final class Sequel {
    private final CallContext call;
    private final Conversation.Conductor conductor;
    private final Dialogue dialogue;
    private final Turns.Listener listener;
    private final Replies replies;
    private final TurnRecord record;
    private final Patience slow;
    private final Errands errands;

    /** The reply that goes on, until it is said. */
    private @Nullable Answer followUp;

    /** The reply that is being said and has stopped coming. */
    private @Nullable Answer dry;

    /** It will not come, and the caller, who waits for its rest, has not heard anything in its place. */
    private boolean owesRest;

    /** The turn to which replies broke off, and how many did. */
    private int brokenTurn;

    private int broken;

    /** @param done runs whenever the last tool that was under way is done */
    Sequel(
            CallContext call,
            Conversation.Conductor conductor,
            Dialogue dialogue,
            Turns.Listener listener,
            Replies replies,
            TurnRecord record,
            Patience slow,
            Runnable done) {
        this.call = call;
        this.conductor = conductor;
        this.dialogue = dialogue;
        this.listener = listener;
        this.replies = replies;
        this.record = record;
        this.slow = slow;
        errands = new Errands(call, dialogue, done);
    }

    /** Whether tools are run for the caller, or a reply is made that goes on. */
    boolean working() {
        return errands.running() || followUp != null;
    }

    /** Whether the caller waits for the rest of a reply. */
    boolean waits() {
        return dry != null || owesRest;
    }

    /** Has tools run once more that another agent had sent off and not heard of. */
    void runAgain() {
        errands.runAgain();
    }

    /** Nobody speaks: says what is owed, or has it made. */
    void quiet() {
        if (followUp != null) {
            say(followUp);
        } else if (owesRest && broken > 1) {
            conductor.giveUp();
        } else if (owesRest || dialogue.owesResults()) {
            dialogue.takeResults();
            conductor.changed();
            slow.waits(Patience.For.REPLY, call.loop().nanos());
            followUp = replies.goOn(dialogue);
        }
    }

    private void say(Answer ready) {
        int turn = dialogue.callerTurns();
        if (ready.hasAudio()) {
            begun();
            listener.say(new Saying(ready.speech(), new Purpose.Reply(turn), ready));
            took(ready, turn);
        } else if (ready.ended()) {
            begun();
            dialogue.resultsTold();
            took(ready, turn);
            conductor.act(ready);
            listener.rest();
        }
    }

    private void begun() {
        followUp = null;
        owesRest = false;
        slow.stop();
    }

    /** A reply counts now: what the model made of the turn is kept, and the tools that it wants are run. */
    void took(Answer counted, int turn) {
        counted.counts();
        if (counted.done() == null) {
            return; // by then Answer.Listener.generated says so
        }
        record.providerState(counted);
        boolean ran = errands.running();
        errands.run(turn, counted.toolCalls());
        if (!ran && errands.running()) {
            slow.waitsForWork(call.loop().nanos());
            conductor.changed();
        }
    }

    /**
     * The caller hears nothing any more of a reply that is not over.
     *
     * @param waited whether the caller is silent, and so waits
     */
    void ranDry(Answer reply, boolean waited) {
        dry = reply;
        if (waited) {
            slow.waits(Patience.For.REPLY, call.loop().nanos());
        }
    }

    /** It comes again, or is over. */
    void flows() {
        if (dry != null) {
            dry = null;
            slow.stop();
            goOnWaiting();
        }
    }

    /** What the caller did was nothing: what was waited for before is waited for. */
    void goOnWaiting() {
        if (dry != null || owesRest || followUp != null) {
            slow.waits(Patience.For.REPLY, call.loop().nanos());
        } else if (errands.running()) {
            slow.waitsForWork(call.loop().nanos());
        }
    }

    /** A reply got further; true if it is of no concern to anybody else. */
    boolean progressed(Answer progressed) {
        if (progressed == dry && progressed.ended()) {
            flows();
        }
        return progressed == followUp;
    }

    /**
     * A reply will not come, or not to its end; true if it is of no concern to anybody else.
     *
     * @param retry asks again, after a while
     */
    boolean failed(Answer failed, Status status, Runnable retry) {
        if (failed == dry) {
            breaksOff();
        }
        if (failed != followUp) {
            return false;
        }
        followUp = null;
        replies.again(status, retry);
        return true;
    }

    /** A reply was stopped for a sound that was nothing: what its model had not said yet is owed. */
    void stopped(Answer reply) {
        if (reply == dry || reply.done() == null) {
            dry = null;
            owesRest = true;
        }
    }

    private void breaksOff() {
        dry = null;
        owesRest = true;
        if (brokenTurn != dialogue.callerTurns()) {
            brokenTurn = dialogue.callerTurns();
            broken = 0;
        }
        broken++;
    }

    /** A reply to what the caller says knows all that there is to know. */
    void drop() {
        if (followUp != null) {
            followUp.cancel();
            followUp = null;
        }
    }

    /** Another turn of the caller's is answered: nobody waits for the rest any more. */
    void committed() {
        dry = null;
        owesRest = false;
    }

    /** Nothing is under way any more. */
    void close() {
        drop();
        errands.close();
    }
}
