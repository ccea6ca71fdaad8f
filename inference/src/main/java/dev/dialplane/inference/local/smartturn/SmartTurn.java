package dev.dialplane.inference.local.smartturn;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.dialplane.audio.Resampler;
import dev.dialplane.inference.ending.EndOfTurnModel;
import dev.dialplane.inference.ending.EndOfTurnPrediction;
import dev.dialplane.inference.ending.EndOfTurnRequest;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.local.OnnxModels;
import dev.dialplane.inference.queue.ComputeQueue;
import dev.dialplane.inference.queue.Urgency;
import dev.dialplane.inference.queue.Work;
import dev.dialplane.inference.timing.Cancellable;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;

/**
 * Smart Turn v3.2: the encoder of Whisper tiny, and over it a few layers that were trained to tell from the last eight
 * seconds, by melody and pace, whether somebody has finished. It knows nothing of what was asked, and of words only what is
 * in their sound.
 */
public final class SmartTurn implements EndOfTurnModel {
    private static final String NAME = "smart-turn-v3";

    private final OrtSession session;
    private final ComputeQueue queue;

    private SmartTurn(OrtSession session, ComputeQueue queue) {
        this.session = session;
        this.queue = queue;
    }

    /** Loads the model from its file, and computes once, so that the first caller does not wait for what that takes. */
    public static SmartTurn load(Path file, OnnxModels onnx, ComputeQueue queue) throws OrtException {
        SmartTurn model = new SmartTurn(onnx.open(file), queue);
        model.finished(new short[LogMel.RATE], LogMel.RATE, new Work());
        return model;
    }

    /** Lets transcripts and replies go first: without a prediction a turn ends, too. */
    @Override
    public Cancellable predict(
            EndOfTurnRequest request, Consumer<EndOfTurnPrediction> done, Consumer<ModelException> failed) {
        return queue.submit(
                request.callId(),
                Urgency.SOON,
                work -> {
                    long begun = System.nanoTime();
                    float finished = finished(request.samples(), request.sampleRate(), work);
                    int took = (int) ((System.nanoTime() - begun) / 1_000_000);
                    return new EndOfTurnPrediction(finished, work.queueMs(), took);
                },
                done,
                failed);
    }

    /**
     * How likely it is that the speaker has finished, 0 to 1.
     *
     * @throws CancellationException once nobody wants the result
     */
    float finished(short[] samples, int rate, Work work) {
        float[] features = LogMel.of(Resampler.convert(samples, rate, LogMel.RATE));
        work.check();
        OrtEnvironment environment = OnnxModels.environment();
        long[] shape = {1, LogMel.MELS, LogMel.FRAMES};
        try (OrtSession.RunOptions options = new OrtSession.RunOptions();
                OnnxTensor input = OnnxTensor.createTensor(environment, FloatBuffer.wrap(features), shape)) {
            work.onCancel(() -> OnnxModels.terminate(options));
            try (OrtSession.Result result =
                    session.run(Map.of("input_features", input), session.getOutputNames(), options)) {
                return ((OnnxTensor) result.get(0)).getFloatBuffer().get(0);
            } finally {
                work.onCancel(null);
            }
        } catch (OrtException e) {
            if (work.cancelled()) {
                throw new CancellationException();
            }
            throw ModelException.providerDown("local", NAME, String.valueOf(e.getMessage()));
        }
    }
}
