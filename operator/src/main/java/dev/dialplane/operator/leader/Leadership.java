package dev.dialplane.operator.leader;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Whether this operator may act. It may not from the moment its lease can have run out, whoever has noticed. */
@Singleton
public class Leadership {

    /** This operator leads from now on; what another wrote meanwhile is newer than what is remembered. */
    public record Gained() {}

    /** This operator leads no more: what it remembers of calls and gateways will be another's to know. */
    public record Lost() {}

    private static final long NOT = Long.MIN_VALUE;

    private volatile long untilNanos = NOT;

    private volatile String holder = "nobody";

    private volatile String address = "";

    Leadership(MeterRegistry meters) {
        Gauge.builder("dialplane.operator.leader", this, leadership -> leadership.leads() ? 1 : 0)
                .description("1 while this operator leads")
                .register(meters);
    }

    /** Returns whether this operator may act now. */
    public boolean leads() {
        long until = untilNanos;
        return until != NOT && System.nanoTime() - until < 0;
    }

    /** Returns who was seen to lead, for people. */
    public String holder() {
        return holder;
    }

    /** Returns where another operator that was seen to lead serves gRPC, host:port; empty when there is none. */
    public Optional<String> elsewhere() {
        String known = address;
        return leads() || known.isEmpty() ? Optional.empty() : Optional.of(known);
    }

    /**
     * Goes on if this operator may act now.
     *
     * @throws NotLeadingException if it may not
     */
    public void require() {
        if (!leads()) {
            throw new NotLeadingException(holder);
        }
    }

    void seen(String now, String at) {
        holder = now.isEmpty() ? "nobody" : now;
        address = at;
    }

    void until(long nanoTime) {
        untilNanos = nanoTime;
    }

    void over() {
        untilNanos = NOT;
    }

    /** Returns how long this operator may act still, in nanoseconds; negative when it may not. */
    long left() {
        long until = untilNanos;
        return until == NOT ? -1 : until - System.nanoTime();
    }
}
