package dev.dialplane.e2e.bench;

import java.util.List;

/**
 * What a call uses in gateway, agent and inference together, real audio and scripted models; and what ten thousand would.
 */
final class MediaBench implements BenchMain.Bench {
    private static final int GOAL = 10_000;

    private final int calls;

    MediaBench(int calls) {
        this.calls = calls;
    }

    @Override
    public Report run() throws Exception {
        try (SpokenSystem system = SpokenSystem.start("media", "short-reply.yaml", calls)) {
            MediaPath.Use use = MediaPath.measure(system, calls);
            double cores = use.cores() / calls;
            double megabytes = use.megabytes() / calls;
            return new Report(
                    "media",
                    Report.thisCommit(),
                    Report.thisMachine(),
                    List.of(
                            Report.Row.single("core per call", "cores", cores, "≤ 0.03", cores <= 0.03),
                            Report.Row.single("MB per call", "MB", megabytes, "≤ 100", megabytes <= 100)),
                    List.of(
                            "%d calls at once, each with an agent of its own; agents spoke %.0f %% of the time; %.2f %% of the callers' own frames were more than 10 ms late."
                                    .formatted(calls, use.agentSpoke() * 100, use.framesLate() * 100),
                            "All of it: %.3f cores, %.0f MB (shared pages counted once). %,d calls at that rate: %.4f × %,d = %.0f cores, %.1f × %,d / 1024 = %.0f GB; inference without its models."
                                    .formatted(
                                            use.cores(),
                                            use.megabytes(),
                                            GOAL,
                                            cores,
                                            GOAL,
                                            cores * GOAL,
                                            megabytes,
                                            GOAL,
                                            megabytes * GOAL / 1024),
                            "The callers, operator and API server share the machine and are not counted."));
        }
    }
}
