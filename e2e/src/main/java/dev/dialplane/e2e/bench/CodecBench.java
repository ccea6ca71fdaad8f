package dev.dialplane.e2e.bench;

import dev.dialplane.e2e.bench.codec.FrameCost;
import dev.dialplane.local.components.Checkout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * What a frame costs in codecs and resampling, and a window in voice activity detection: {@link FrameCost}, by JMH, in a JVM
 * with an agent's flags.
 */
final class CodecBench implements BenchMain.Bench {
    private static final int WARM_UPS = 4;
    private static final int ITERATIONS = 10;
    private static final TimeValue ITERATION = TimeValue.milliseconds(500);

    /** A row's name and target. */
    private record Named(String name, String target, double mostMicros) {
        static Named of(String method, BenchmarkParams params) {
            return switch (method) {
                case "g711" -> new Named("G.711 a frame, " + law(params.getParam("law")), "≤ 1 us there and back", 1);
                case "resample" -> new Named("resample " + params.getParam("rates") + " kHz", "≤ 20 us a frame", 20);
                case "opusEncode" -> new Named("Opus, encode a frame at 16 kHz", "", Double.NaN);
                case "opusDecode" -> new Named("Opus, decode a frame at 16 kHz", "", Double.NaN);
                case "conceal" -> new Named("conceal a frame at " + params.getParam("rate") + " Hz", "", Double.NaN);
                case "vad" -> new Named("VAD a window", "≤ 500 us per 32 ms", 500);
                default -> new Named(method, "", Double.NaN);
            };
        }

        private static String law(String name) {
            return name.equals("A_LAW") ? "A-law" : "mu-law";
        }
    }

    @Override
    public Report run() throws Exception {
        Path flags = Checkout.root().resolve("agent-runtime/src/main/jvm/agent.flags");
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include(FrameCost.class.getName() + "\\.")
                        .jvmArgs("@" + flags)
                        .forks(1)
                        .warmupIterations(WARM_UPS)
                        .warmupTime(ITERATION)
                        .measurementIterations(ITERATIONS)
                        .measurementTime(ITERATION)
                        .verbosity(VerboseMode.SILENT)
                        .shouldFailOnError(true)
                        .build())
                .run();
        List<Report.Row> rows = new ArrayList<>();
        results.forEach(result -> rows.add(row(result)));
        return new Report(
                "codec",
                Report.thisCommit(),
                Report.thisMachine(),
                rows,
                List.of(
                        "Each sample is the mean over %d ms of JMH's iterations, after %d of them to warm up, in a JVM of its own with an agent's flags."
                                .formatted(ITERATION.convertTo(java.util.concurrent.TimeUnit.MILLISECONDS), WARM_UPS)));
    }

    private static Report.Row row(RunResult result) {
        String label = result.getPrimaryResult().getLabel();
        Named named = Named.of(label, result.getParams());
        Samples means = new Samples();
        for (BenchmarkResult fork : result.getBenchmarkResults()) {
            for (IterationResult iteration : fork.getIterationResults()) {
                means.add(iteration.getPrimaryResult().getScore());
            }
        }
        Boolean met = Double.isNaN(named.mostMicros) ? null : means.mean() <= named.mostMicros;
        return Report.Row.of(named.name, "us", means, named.target, met);
    }
}
