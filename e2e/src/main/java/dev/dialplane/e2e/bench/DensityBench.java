package dev.dialplane.e2e.bench;

import java.util.List;

/** What one agent uses in a call, in processor time and memory, as one of ten on a machine; models elsewhere. */
final class DensityBench implements BenchMain.Bench {
    private static final int CALLS = 10;

    @Override
    public Report run() throws Exception {
        try (SpokenSystem system = SpokenSystem.start("density", "short-reply.yaml", CALLS)) {
            MediaPath.Use use = MediaPath.measure(system, CALLS);
            return new Report(
                    "density",
                    Report.thisCommit(),
                    Report.thisMachine(),
                    List.of(
                            Report.Row.of(
                                    "core",
                                    "cores",
                                    use.agentCores(),
                                    "mean ≤ 0.02 with G.711",
                                    use.agentCores().mean() <= 0.02),
                            Report.Row.of(
                                    "PSS",
                                    "MB",
                                    use.agentPss(),
                                    "mean ≤ 80 MB",
                                    use.agentPss().mean() <= 80),
                            Report.Row.of(
                                    "RSS",
                                    "MB",
                                    use.agentRss(),
                                    "≤ 110 MB",
                                    use.agentRss().percentile(100) <= 110)),
                    List.of("Means of %d agents: %.4f cores, PSS %.0f MB. Agents spoke %.0f %% of the time; G.711."
                            .formatted(
                                    CALLS,
                                    use.agentCores().mean(),
                                    use.agentPss().mean(),
                                    use.agentSpoke() * 100)));
        }
    }
}
