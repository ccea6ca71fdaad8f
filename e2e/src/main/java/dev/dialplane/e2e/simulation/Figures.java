package dev.dialplane.e2e.simulation;

import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.e2e.invariants.Violation;
import dev.dialplane.gateway.binding.SearchEnd;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** What a run found. Histograms of times are in µs of virtual time, but for {@link #loopTask} and {@link #planning}. */
public final class Figures {
    /** From a caller's line, or webhook, to an agent that accepted; with nothing broken lately, and otherwise. */
    public final Histogram bindInCalm = new Histogram(3);

    public final Histogram bindInTrouble = new Histogram(3);
    /** Offers that it took until an agent accepted. */
    public final Histogram offersPerCall = new Histogram(3);
    /** Connections of a gateway, every second. */
    public final Histogram connections = new Histogram(3);
    /** Connections that all gateways opened in a second. */
    public final Histogram opened = new Histogram(3);
    /** Calls of a gateway, every second. */
    public final Histogram callsPerGateway = new Histogram(3);
    /** µs of processor time that a task of a binding loop took. */
    public final Histogram loopTask = new Histogram(3);
    /** µs of processor time that observing and planning a pool took. */
    public final Histogram planning = new Histogram(3);

    public final List<Violation> violations = new ArrayList<>();
    public final Map<SearchEnd, Integer> searches = new EnumMap<>(SearchEnd.class);
    public final Map<String, Integer> offers = new TreeMap<>();
    public final Map<Cause, Integer> ends = new EnumMap<>(Cause.class);
    /** What happened, by when. */
    public final List<String> diary = new ArrayList<>();
    /** Live bytes of heap at points of the run, after a collection. */
    public final Map<String, Long> heap = new LinkedHashMap<>();

    public long calls;
    /** Callers whose gateway died. */
    public long dropped;

    /** Calls of which nobody knows, because the gateway that they rang or waited at died. */
    public long unknown;

    /** The sum of all pools' targets. */
    public int mostTarget;

    public int mostAgents;
    public int mostBusy;
    public long retired;
    public long retirementsRefused;
    /** Calls that no end was written of when all was over. */
    public int open;

    public long events;
    public double virtualSeconds;
    public double wallSeconds;
    /** All µs that binding loops were busy, and planning. */
    public double loopSeconds;

    public double planSeconds;

    Figures() {
        for (Histogram each : List.of(
                bindInCalm, bindInTrouble, offersPerCall, connections, opened, callsPerGateway, loopTask, planning)) {
            each.setAutoResize(true);
        }
    }

    /** All that does not depend on how fast the machine is: the same for the same shape. */
    public String fingerprint() {
        return calls + " calls, " + events + " events, " + ends + ", " + searches + ", " + offers + ", bind "
                + bindInCalm.getTotalCount() + "/" + bindInCalm.getMean() + "/" + bindInTrouble.getMean() + ", "
                + mostAgents + " agents, " + retired + " retired";
    }
}
