package dev.dialplane.operator.leader;

import dev.dialplane.operator.OperatorConfig;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/**
 * Takes, renews and releases the Lease. An operator that loses it stands by and takes it again when it can: it neither
 * exits nor goes on. JOSDK's own election ends the process, and the client's compares the clocks of two machines.
 */
@Singleton
public class Election {

    private static final Logger LOG = Logger.getLogger(Election.class);
    /** A slow API server is not one that is away. */
    private static final Duration ANSWERED = Duration.ofSeconds(5);

    private static final Duration RELEASED = Duration.ofSeconds(2);

    private final String me;
    private final LeaseRegister register;
    private final Leadership leadership;
    private final Event<Leadership.Gained> gained;
    private final Event<Leadership.Lost> lost;
    private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
    private final Thread loop = Thread.ofPlatform().daemon().name("election").unstarted(this::run);
    private LeaseRule.Unchanged unchanged = LeaseRule.Unchanged.UNKNOWN;
    private boolean leading;
    private boolean silent;
    private volatile boolean stopping;

    Election(
            OperatorConfig config,
            LeaseRegister register,
            Leadership leadership,
            Event<Leadership.Gained> gained,
            Event<Leadership.Lost> lost) {
        this.me = config.identity();
        this.register = register;
        this.leadership = leadership;
        this.gained = gained;
        this.lost = lost;
    }

    void start(@Observes StartupEvent event) {
        loop.start();
    }

    /** Before anything else stops: gateways go to the next leader, which need not wait until the lease has run out. */
    void stop(@Observes @Priority(1) ShutdownEvent event) throws InterruptedException {
        stopping = true;
        loop.interrupt();
        loop.join(RELEASED);
        if (leading) {
            standBy("it is stopping");
            try {
                within(RELEASED, this::release);
            } catch (ExecutionException | TimeoutException e) {
                LOG.warnf("the lease is not released, so the next leader waits until it has run out: %s", why(e));
            }
        }
        calls.shutdownNow();
    }

    private void run() {
        while (!stopping) {
            try {
                Thread.sleep(once());
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Looks at the Lease once and returns after how long to look again. */
    private Duration once() throws InterruptedException {
        long began = System.nanoTime();
        boolean mine = false;
        try {
            mine = within(leading ? inForce() : ANSWERED, this::takeOrLook);
            silent = false;
        } catch (ExecutionException | TimeoutException e) {
            if (!silent) {
                LOG.warnf("the lease cannot be read or written now, trying again: %s", why(e));
                silent = true;
            }
            mine = leading && leadership.left() > 0;
            if (mine) {
                return LeaseRule.LOOKED_AT;
            }
        }
        if (mine) {
            leadership.until(began + LeaseRule.ACTS.toNanos());
            if (!leading) {
                leading = true;
                LOG.infof("%s leads", me);
                tell(gained, new Leadership.Gained());
            }
        } else if (leading) {
            standBy(silent ? "the API server does not answer" : leadership.holder() + " holds the lease");
        }
        return mine ? LeaseRule.RENEWED : LeaseRule.LOOKED_AT;
    }

    /** Returns whether the Lease is this operator's now. */
    private boolean takeOrLook() {
        Lease lease = register.read();
        LeaseRule.Seen seen = lease == null ? null : LeaseRegister.seen(lease);
        long now = System.nanoTime();
        unchanged = unchanged.seen(seen == null ? "" : seen.version(), now);
        boolean mine = LeaseRule.decide(me, seen, unchanged, now) != LeaseRule.Move.Wait && register.write(lease, me);
        leadership.seen(
                mine ? me : seen == null ? "" : seen.holder(),
                mine || lease == null ? "" : LeaseRegister.address(lease));
        return mine;
    }

    private boolean release() {
        Lease lease = register.read();
        return lease != null && me.equals(lease.getSpec().getHolderIdentity()) && register.write(lease, "");
    }

    private void standBy(String why) {
        leading = false;
        leadership.over();
        LOG.infof("%s leads no more: %s", me, why);
        tell(lost, new Leadership.Lost());
    }

    private static <E> void tell(Event<E> observers, E event) {
        try {
            observers.fire(event);
        } catch (RuntimeException e) {
            LOG.errorf(e, "not everybody has taken in %s", event);
        }
    }

    /** Whoever leads waits for no answer longer than it may lead. */
    private Duration inForce() {
        return Duration.ofNanos(Math.max(leadership.left(), 1));
    }

    /** The client tries again by itself for far longer than a lease lasts, so it is given up from outside. */
    private boolean within(Duration patience, java.util.concurrent.Callable<Boolean> call)
            throws InterruptedException, ExecutionException, TimeoutException {
        Future<Boolean> answer = calls.submit(call);
        try {
            return answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } finally {
            answer.cancel(true);
        }
    }

    private static String why(Exception failure) {
        return failure instanceof TimeoutException
                ? "no answer"
                : String.valueOf(failure.getCause() == null ? failure : failure.getCause());
    }
}
