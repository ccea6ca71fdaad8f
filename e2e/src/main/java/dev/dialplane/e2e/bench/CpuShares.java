package dev.dialplane.e2e.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What each process of a run uses of the machine, by {@code /proc}, processes that were killed and restarted too. */
final class CpuShares {
    private static final String SELF = "callers, agents and checker";

    private final ControlPlane plane;
    private final Map<Long, String> names = new HashMap<>();
    private final Map<Long, Double> begun = new HashMap<>();
    private final Map<Long, Double> last = new HashMap<>();
    private final Map<String, Double> mostMegabytes = new TreeMap<>();
    private final List<Double> operatorCores = new ArrayList<>();
    private final List<Double> operatorMegabytes = new ArrayList<>();
    private long beganNanos;
    private long lastNanos;
    private double lastOperator;

    CpuShares(ControlPlane plane) throws IOException {
        this.plane = plane;
        beganNanos = System.nanoTime();
        sample();
        begun.putAll(last);
    }

    /** Looks at every process; to be called every second or so. */
    synchronized void sample() throws IOException {
        Map<String, Long> pids = new HashMap<>(plane.pids());
        pids.put(SELF, ProcessHandle.current().pid());
        long now = System.nanoTime();
        pids.forEach((name, pid) -> {
            String known = name.replaceAll("-of-.*", "").replaceAll("-[0-9]+$", "s");
            names.put(pid, known);
            last.put(pid, ProcessUse.cpuSeconds(pid));
            mostMegabytes.merge(known, ProcessUse.residentMegabytes(pid), Math::max);
        });
        Long operator = pids.get("operator");
        if (operator != null) {
            double used = last.getOrDefault(operator, 0.0);
            if (lastNanos != 0 && used >= lastOperator) {
                operatorCores.add((used - lastOperator) / ((now - lastNanos) / 1e9));
                operatorMegabytes.add(ProcessUse.residentMegabytes(operator));
            }
            lastOperator = used;
        }
        lastNanos = now;
    }

    /** Cores that the operator used in each interval. */
    synchronized Samples operatorCores() {
        Samples samples = new Samples();
        operatorCores.forEach(samples::add);
        return samples;
    }

    /** What the operator used on average in each fifth of the time: if that rises, it holds on to something. */
    synchronized String operatorByFifths() {
        List<String> fifths = new ArrayList<>();
        int samples = operatorCores.size();
        for (int fifth = 0; fifth < 5; fifth++) {
            int from = fifth * samples / 5;
            int to = (fifth + 1) * samples / 5;
            fifths.add("%.0f MB, %.2f cores"
                    .formatted(mean(operatorMegabytes.subList(from, to)), mean(operatorCores.subList(from, to))));
        }
        return String.join("; ", fifths) + ".";
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    }

    /** The most memory that a process of that name had, MB. */
    synchronized double mostMegabytes(String name) {
        return mostMegabytes.getOrDefault(name, 0.0);
    }

    /** One line a kind of process. */
    synchronized List<String> lines() {
        Map<String, Double> seconds = new TreeMap<>();
        last.forEach((pid, used) ->
                seconds.merge(names.getOrDefault(pid, "?"), used - begun.getOrDefault(pid, 0.0), Double::sum));
        double wall = (lastNanos - beganNanos) / 1e9;
        List<String> lines = new ArrayList<>();
        seconds.forEach((name, used) -> lines.add("  %-28s %6.2f cores on average, at most %5.0f MB resident each"
                .formatted(name, used / wall, mostMegabytes.getOrDefault(name, 0.0))));
        return lines;
    }
}
