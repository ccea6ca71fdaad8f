package dev.dialplane.e2e.bench;

import dev.dialplane.local.caller.carrier.LineLog;
import dev.dialplane.local.caller.carrier.PlayBuffer;
import dev.dialplane.local.install.LocalInstallation;
import dev.dialplane.local.install.Resources;
import dev.dialplane.local.install.SystemPod;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * What processes use while calls are on: agents that listen all of the time and speak about half of it, over G.711, with
 * scripted models that take no time.
 */
final class MediaPath {
    /** A reply of two seconds to a clip of 1.3 s on average, after 0.3 s, and a rest. */
    private static final double REST_MS = 2_800;

    private static final double FIRST_ONSET_MS = 1_000;
    private static final double CLIP_MS = 1_300;
    private static final double WARM_UP_MS = 60_000;
    private static final double MEASURED_MS = 60_000;
    /** What looking at processes takes, and the last call's later beginning. */
    private static final double MARGIN_MS = 10_000;

    private static final double AUDIBLE_DBOV = -50;

    private MediaPath() {}

    /**
     * What was found, over {@value #MEASURED_MS} ms.
     *
     * @param agentCores used by each agent
     * @param agentPss of each agent at the end, MB
     * @param agentRss of each agent at the end, MB
     * @param cores used by gateway, inference and all agents
     * @param megabytes PSS of gateway, inference and all agents at the end
     * @param agentSpoke share of the time in which agents were heard
     * @param framesLate share of the callers' own frames that were more than 10 ms late: too many, and the machine is full
     */
    record Use(
            Samples agentCores,
            Samples agentPss,
            Samples agentRss,
            double cores,
            double megabytes,
            double agentSpoke,
            double framesLate) {}

    static Use measure(SpokenSystem system, int calls) throws Exception {
        system.say("%d calls, %.0f s to warm up and %.0f s measured"
                .formatted(calls, WARM_UP_MS / 1000, MEASURED_MS / 1000));
        int turns = (int) ((WARM_UP_MS + MEASURED_MS + MARGIN_MS) / (CLIP_MS + REST_MS)) + 1;
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Processes> processes = executor.submit(() -> Processes.watch(system.installation(), calls));
            List<LineLog> logs = system.together(calls, number -> {
                var schedule = new ScheduledCall.Schedule(number, turns, FIRST_ONSET_MS, REST_MS, 0);
                try (ScheduledCall call = system.place(schedule)) {
                    call.until(WARM_UP_MS + MEASURED_MS + MARGIN_MS);
                    return call.log();
                }
            });
            return use(processes.get(), logs);
        }
    }

    private static Use use(Processes processes, List<LineLog> logs) {
        long heard = 0;
        long all = 0;
        long late = 0;
        long sent = 0;
        for (LineLog log : logs) {
            heard += log.arrivals().stream()
                    .filter(frame -> frame.dBov() > AUDIBLE_DBOV)
                    .mapToLong(LineLog.Arrival::samples)
                    .sum();
            all += (long) log.heardSamples().length * PlayBuffer.FRAME;
            late += log.framesLate();
            sent += log.framesSent();
        }
        return new Use(
                processes.agentCores,
                processes.agentPss,
                processes.agentRss,
                processes.cores,
                processes.megabytes,
                (double) heard / all,
                (double) late / sent);
    }

    /** What agents, gateway and inference use, between two moments. */
    private record Processes(Samples agentCores, Samples agentPss, Samples agentRss, double cores, double megabytes) {
        static Processes watch(LocalInstallation installation, int agents) throws IOException, InterruptedException {
            TimeUnit.MILLISECONDS.sleep((long) WARM_UP_MS);
            List<Long> busy = busyAgents(installation);
            if (busy.size() != agents) {
                throw new IOException("%d calls are held by %d agents".formatted(agents, busy.size()));
            }
            List<Long> others = new ArrayList<>();
            for (SystemPod pod : List.of(installation.gateway(), installation.inference())) {
                others.addAll(pod.pids());
            }
            long began = System.nanoTime();
            double[] busyBefore =
                    busy.stream().mapToDouble(ProcessUse::cpuSeconds).toArray();
            double othersBefore =
                    others.stream().mapToDouble(ProcessUse::cpuSeconds).sum();
            TimeUnit.MILLISECONDS.sleep((long) MEASURED_MS);
            double seconds = (System.nanoTime() - began) / 1e9;
            Samples cores = new Samples();
            Samples pss = new Samples();
            Samples rss = new Samples();
            double allCores =
                    (others.stream().mapToDouble(ProcessUse::cpuSeconds).sum() - othersBefore) / seconds;
            double megabytes = others.stream()
                    .mapToDouble(ProcessUse::proportionalMegabytes)
                    .sum();
            for (int i = 0; i < busyBefore.length; i++) {
                double used = (ProcessUse.cpuSeconds(busy.get(i)) - busyBefore[i]) / seconds;
                double shared = ProcessUse.proportionalMegabytes(busy.get(i));
                cores.add(used);
                pss.add(shared);
                rss.add(ProcessUse.residentMegabytes(busy.get(i)));
                allCores += used;
                megabytes += shared;
            }
            return new Processes(cores, pss, rss, allCores, megabytes);
        }
    }

    /** The processes of the agents that hold calls. */
    static List<Long> busyAgents(LocalInstallation installation) throws IOException, InterruptedException {
        List<String> pods =
                Resources.sessions(installation.client()).inNamespace(SpokenSystem.NAMESPACE).list().getItems().stream()
                        .filter(session -> session.get("status", "endedAt") == null)
                        .map(session -> session.<String>get("status", "agent", "podName"))
                        .filter(Objects::nonNull)
                        .toList();
        List<Long> pids = new ArrayList<>();
        for (String pod : pods) {
            pids.addAll(installation.node().pids(SpokenSystem.NAMESPACE, pod));
        }
        return pids;
    }
}
