package dev.dialplane.gateway.binding;

import dev.dialplane.gateway.loop.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Which gateways are believed to share the agents out. One that is not told of any more is believed to be gone only after a
 * while: an operator that has just begun knows of those alone that have come back to it, and whoever comes first would take
 * all agents for its own and connect to them. On the binding loop only.
 */
final class Sharing {
    /** All gateways find a new operator within it. */
    private static final Duration GONE_AFTER = Duration.ofSeconds(5);

    private final Loop loop;
    private final Consumer<List<Shares.Gateway>> changed;
    private List<Shares.Gateway> believed = List.of();
    private List<Shares.Gateway> told = List.of();
    private boolean missing;

    /** Nobody is known yet; every change is told. */
    Sharing(Loop loop, Consumer<List<Shares.Gateway>> changed) {
        this.loop = loop;
        this.changed = changed;
    }

    /** These gateways take calls; none if that is not known. */
    void told(List<Shares.Gateway> gateways) {
        told = List.copyOf(gateways);
        Set<String> ids = new HashSet<>();
        gateways.forEach(gateway -> ids.add(gateway.id()));
        List<Shares.Gateway> both = new ArrayList<>(gateways);
        if (!gateways.isEmpty()) {
            believed.stream().filter(gateway -> !ids.contains(gateway.id())).forEach(both::add);
        }
        if (both.size() > gateways.size() && !missing) {
            missing = true;
            var unused = loop.after(GONE_AFTER, () -> {
                missing = false;
                believe(told);
            });
        }
        believe(both);
    }

    private void believe(List<Shares.Gateway> gateways) {
        if (!Set.copyOf(gateways).equals(Set.copyOf(believed))) {
            believed = List.copyOf(gateways);
            changed.accept(believed);
        }
    }
}
