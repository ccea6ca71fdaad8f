package dev.dialplane.e2e.bench;

import dev.dialplane.local.caller.CallListener;
import dev.dialplane.local.caller.CallRequest;
import dev.dialplane.local.caller.CallResult;
import dev.dialplane.local.caller.report.Turn;
import dev.dialplane.local.caller.report.WordErrors;
import dev.dialplane.local.caller.speech.CallerScript;
import java.util.ArrayList;
import java.util.List;

/**
 * The sample conversation with real models on this machine's processor, several times: from the true end of the caller's
 * speech to the first sample of the reply at the caller's socket, everything included. Hold phrases do not count.
 */
final class VoiceBench implements BenchMain.Bench {
    private final int calls;

    VoiceBench(int calls) {
        this.calls = calls;
    }

    @Override
    public Report run() throws Exception {
        Samples total = new Samples();
        Samples silence = new Samples();
        Samples hearing = new Samples();
        Samples thinking = new Samples();
        Samples voice = new Samples();
        Samples ours = new Samples();
        WordErrors words = WordErrors.NONE;
        List<String> notes = new ArrayList<>();
        try (SpokenSystem system = SpokenSystem.start("voice", "real", 2)) {
            for (int call = 0; call < calls; call++) {
                system.awaitIdle(2);
                CallRequest request = CallRequest.to(
                        SpokenSystem.POOL,
                        system.installation().number(SpokenSystem.NAMESPACE, SpokenSystem.POOL),
                        CallerScript.receptionist());
                CallResult result = system.place(request, CallListener.NONE);
                for (Turn.Response response : result.report().responses()) {
                    total.add(response.totalMs());
                    silence.add(response.silenceMs());
                    hearing.add(response.sttMs());
                    thinking.add(response.llmMs());
                    voice.add(response.ttsMs());
                    ours.add(response.oursMs());
                }
                words = words.plus(result.report().words());
                system.say("call %d of %d: median %.0f ms, ended %s"
                        .formatted(
                                call + 1,
                                calls,
                                result.report().medianResponseMs().orElse(Double.NaN),
                                result.report().cause()));
            }
        }
        notes.add("%d calls; of %d words of the caller's %.1f %% were understood."
                .formatted(calls, words.words(), words.accuracy() * 100));
        notes.add("Models: Moonshine tiny, answers by embeddings, Piper, on the same two cores as everything else.");
        return new Report(
                "voice",
                Report.thisCommit(),
                Report.thisMachine(),
                List.of(
                        Report.Row.of("response", "ms", total, "p95 ≤ 500, ≤ 800 where a value is spoken", null),
                        Report.Row.single(
                                "response, p95", "ms", total.percentile(95), "≤ 500", total.percentile(95) <= 500),
                        Report.Row.of("of it silence", "ms", silence, "", null),
                        Report.Row.of("of it hearing", "ms", hearing, "", null),
                        Report.Row.of("of it thinking", "ms", thinking, "", null),
                        Report.Row.of("of it voice", "ms", voice, "", null),
                        Report.Row.of("of it ours", "ms", ours, "", null)),
                notes);
    }
}
