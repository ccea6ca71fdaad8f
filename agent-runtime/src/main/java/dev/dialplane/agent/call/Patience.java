package dev.dialplane.agent.call;

import dev.dialplane.agent.loop.Loop;
import dev.dialplane.contracts.common.v1.SlowModel;
import org.jspecify.annotations.Nullable;

/**
 * How long a caller who has finished waits for a model: a hold phrase first, another one whenever it has been silent for
 * long, the end at last.
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

    /** Says something to who waits. */
    interface Hold {
        /** @param times how often it was said in this wait before */
        void hold(int times);
    }

    /** From a hold phrase to the next: some four seconds of silence, after which people ask whether anybody is there. */
    private static final long AGAIN_NANOS = 5_000_000_000L;

    /** Whoever is about to be given up is not asked to wait for a moment more. */
    private static final long LAST_NANOS = 2_500_000_000L;

    /** After the words of a caller who spoke when patience ended. */
    private static final long GRACE_NANOS = 2_000_000_000L;

    private final Loop loop;
    private final SlowModel slow;
    private final Hold hold;
    private final Runnable giveUp;

    private @Nullable For waitsFor;
    private long since;
    private boolean overdue;
    private int held;
    private Loop.@Nullable Timer holding;
    private Loop.@Nullable Timer givingUp;
    private boolean speaking;

    /**
     * @param slow the pool's times; 0 means never
     * @param hold runs while a wait lasts, to say something meanwhile
     * @param giveUp runs at most once, when no wait makes sense any more
     */
    Patience(Loop loop, SlowModel slow, Hold hold, Runnable giveUp) {
        this.loop = loop;
        this.slow = slow;
        this.hold = hold;
        this.giveUp = giveUp;
    }

    /** The caller waits, since that moment of the loop's time; nothing new where the caller waits already. */
    void waits(For what, long from) {
        waitsForWork(from);
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

    /** The caller waits for something that takes as long as it takes: a tool has a limit of its own. */
    void waitsForWork(long from) {
        speaking = false;
        if (holding == null && slow.getHoldPhraseMs() > 0) {
            holding = at(from, slow.getHoldPhraseMs(), this::holdNow);
        }
    }

    /** The caller goes on before the reply. */
    void callerGoesOn() {
        speaking = true;
        stopHolding();
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
        held = 0;
        stopHolding();
        if (givingUp != null) {
            givingUp.cancel();
            givingUp = null;
        }
    }

    private void holdNow() {
        boolean lasts =
                held == 0 || givingUp == null || since + slow.getGiveUpMs() * 1_000_000L - loop.nanos() >= LAST_NANOS;
        if (lasts) {
            holding = loop.after(AGAIN_NANOS, this::holdNow);
            hold.hold(held++);
        }
    }

    private void stopHolding() {
        if (holding != null) {
            holding.cancel();
            holding = null;
        }
    }

    private void over() {
        if (speaking) {
            overdue = true;
        } else {
            stopHolding();
            giveUp.run();
        }
    }

    private Loop.Timer at(long from, long afterMs, Runnable task) {
        return loop.after(from + afterMs * 1_000_000 - loop.nanos(), task);
    }
}
