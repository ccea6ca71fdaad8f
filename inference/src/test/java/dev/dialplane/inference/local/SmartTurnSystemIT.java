package dev.dialplane.inference.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.onnxruntime.OrtException;
import dev.dialplane.inference.ending.EndOfTurnPrediction;
import dev.dialplane.inference.ending.EndOfTurnRequest;
import dev.dialplane.inference.local.smartturn.SmartTurn;
import dev.dialplane.inference.queue.ComputeQueue;
import dev.dialplane.inference.timing.Cancellable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The real end-of-turn model, without a server around it. */
class SmartTurnSystemIT {
    private static final ComputeQueue QUEUE = new ComputeQueue("test", 1, 100);

    @AfterAll
    static void stop() {
        QUEUE.close();
    }

    @Test
    void aVoiceIsHeardToFinishAndNotToHaveFinished() throws Exception {
        SmartTurn model = smartTurn();
        List<Float> whole = new ArrayList<>();
        List<Float> begun = new ArrayList<>();
        for (short[] utterance : Samples.callerOverTheLine()) {
            short[] said = spoken(utterance);
            whole.add(finished(model, said, said.length));
            // In the middle of it, and of a word most likely: nobody pauses so, but it is no ending either.
            begun.add(finished(model, said, said.length / 2));
        }
        assertThat(whole)
                .as("whole")
                .allSatisfy(finished -> assertThat(finished).isGreaterThan(0.5f));
        assertThat(average(begun)).as("begun: %s", begun).isLessThan(average(whole) - 0.3);
    }

    @Test
    void aPredictionThatNobodyWaitsForIsNotMade() throws Exception {
        SmartTurn model = smartTurn();
        List<Object> heard = new CopyOnWriteArrayList<>();
        EndOfTurnRequest request = new EndOfTurnRequest("call", 8000, new short[8 * 8000]);
        Cancellable predicting = model.predict(request, heard::add, heard::add);
        predicting.cancel();
        await().atMost(Duration.ofSeconds(2)).until(() -> QUEUE.busy() == 0 && QUEUE.waiting() == 0);
        assertThat(heard).isEmpty();

        model.predict(request, heard::add, heard::add);
        await().until(() -> heard.size() == 1);
        assertThat(heard.getFirst()).isInstanceOf(EndOfTurnPrediction.class);
    }

    private static double average(List<Float> values) {
        return values.stream().mapToDouble(Float::doubleValue).average().orElseThrow();
    }

    private static SmartTurn smartTurn() throws OrtException {
        String weights = "smart-turn-v3.2-cpu.onnx";
        return SmartTurn.load(
                Samples.models("smart-turn-v3", weights).file("smart-turn-v3", weights), new OnnxModels(1), QUEUE);
    }

    /** Without the silence around it. */
    private static short[] spoken(short[] utterance) {
        int first = 0;
        while (Math.abs(utterance[first]) < 300) {
            first++;
        }
        int last = utterance.length - 1;
        while (Math.abs(utterance[last]) < 300) {
            last--;
        }
        return Arrays.copyOfRange(utterance, first, last + 1);
    }

    /** Of the beginning of what was said, and 100 ms of silence after it. */
    private static float finished(SmartTurn model, short[] said, int samples) {
        List<EndOfTurnPrediction> predictions = new CopyOnWriteArrayList<>();
        model.predict(
                new EndOfTurnRequest("call", 8000, Arrays.copyOf(Arrays.copyOf(said, samples), samples + 800)),
                predictions::add,
                failure -> {
                    throw failure;
                });
        await().until(() -> !predictions.isEmpty());
        return predictions.getFirst().finished();
    }
}
