package dev.dialplane.agent.call;

import dev.dialplane.agent.loop.Loop;
import dev.dialplane.contracts.common.v1.SlowModel;
import org.jspecify.annotations.Nullable;

/**
 * How long a caller who has finished waits for a model: a hold phrase first, the end at last.
 *
 * <p>A caller who goes on begins a new wait. Not so one who has waited for longer than a hold phrase takes: whoever asks
 * "hello?" every three seconds would hear nothing for ever. Then the wait goes on until the models give what it was begun
 * for; if it is over while the caller speaks, the caller is let finish, and the models get a little more time.
 */
final class Patience {
    /** What was waited for first. */
    enum For {
        /** The recognizer's words. */
        WORDS,
        /** The reply. */
        REPLY
    }

    /** After the words of a caller who spoke when patience ended. */
    private static final long GRACE_NANOS = 2_000_000_000L;

    private final Loop loop;
    private final SlowModel slow;
    private final Runnable hold;
    private final Runnable giveUp;

    private @Nullable For waitsFor;
    private long since;
    private boolean overdue;
    private Loop.@Nullable Timer holding;
    private Loop.@Nullable Timer givingUp;
    private boolean speaking;

    /**
     * @param slow the pool's times; 0 means never
     * @param hold runs once a wait, to say something meanwhile
     * @param giveUp runs at most once, when no wait makes sense any more
     */
    Patience(Loop loop, SlowModel slow, Runnable hold, Runnable giveUp) {
        this.loop = loop;
        this.slow = slow;
        this.hold = hold;
        this.giveUp = giveUp;
    }

    /** The caller waits, since that moment of the loop's time; nothing new where the caller waits already. */
    void waits(For what, long from) {
        speaking = false;
        if (holding == null && slow.getHoldPhraseMs() > 0) {
            holding = at(from, slow.getHoldPhraseMs(), hold);
        }
        if (waitsFor == null) {
            waitsFor = what;
            since = from;
            if (slow.getGiveUpMs() > 0) {
                givingUp = at(from, slow.getGiveUpMs(), this::over);
            }
        } else if (overdue) {
            overdue = false;
            givingUp = loop.after(GRACE_NANOS, this::over);
        }
    }

    /** The caller goes on before the reply. */
    void callerGoesOn() {
        speaking = true;
        if (holding != null) {
            holding.cancel();
            holding = null;
        }
        boolean slowAlready = waitsFor != null
                && slow.getHoldPhraseMs() > 0
                && loop.nanos() - since >= slow.getHoldPhraseMs() * 1_000_000L;
        if (!slowAlready) {
            stop();
        }
    }

    /** The recognizer lives: a wait for it that the caller did not let end is over. */
    void wordsCame() {
        if (speaking && waitsFor == For.WORDS) {
            stop();
        }
    }

    /** Nobody waits any more. */
    void stop() {
        waitsFor = null;
        overdue = false;
        if (holding != null) {
            holding.cancel();
            holding = null;
        }
        if (givingUp != null) {
            givingUp.cancel();
            givingUp = null;
        }
    }

    private void over() {
        if (speaking) {
            overdue = true;
        } else {
            giveUp.run();
        }
    }

    private Loop.Timer at(long from, long afterMs, Runnable task) {
        return loop.after(from + afterMs * 1_000_000 - loop.nanos(), task);
    }
}
