package dev.dialplane.inference.local.smollm;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaIterator;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.LlamaOutput;
import de.kherud.llama.ModelParameters;
import dev.dialplane.inference.queue.Work;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;

/**
 * SmolLM2 by llama.cpp: one context, whose cache keeps the longest beginning that two prompts share. One prompt at a time,
 * on one thread: a generation may be stopped only by the thread that reads it.
 */
final class SmolLm implements AutoCloseable {
    static final int CONTEXT = 2048;
    private static final float TEMPERATURE = 0.2f;
    private static final float REPEAT_PENALTY = 1.1f;

    private final LlamaModel model;

    private SmolLm(LlamaModel model) {
        this.model = model;
    }

    static SmolLm load(Path weights, int threads) {
        ModelParameters parameters = new ModelParameters()
                .setModel(weights.toString())
                .setCtxSize(CONTEXT)
                .setThreads(threads)
                .setThreadsBatch(threads)
                .setParallel(1)
                .setPoll(0);
        parameters.disableLog();
        return new SmolLm(new LlamaModel(parameters));
    }

    /** How many tokens a text is. */
    int tokens(String text) {
        return model.encode(text).length;
    }

    /**
     * Goes on from a prompt.
     *
     * @param piece given the text as it comes
     * @return how many pieces came
     * @throws CancellationException once nobody wants more
     */
    int generate(String prompt, int most, Work work, Consumer<String> piece) {
        InferenceParameters parameters = new InferenceParameters(prompt)
                .setNPredict(most)
                .setTemperature(TEMPERATURE)
                .setRepeatPenalty(REPEAT_PENALTY)
                .setSeed(1)
                .setCachePrompt(true)
                .setStopStrings(ChatMl.END);
        LlamaIterator iterator = model.generate(parameters).iterator();
        int count = 0;
        while (iterator.hasNext()) {
            LlamaOutput output = iterator.next();
            if (work.cancelled()) {
                iterator.cancel();
                throw new CancellationException();
            }
            if (!output.text.isEmpty()) {
                count++;
                piece.accept(output.text);
            }
        }
        return count;
    }

    @Override
    public void close() {
        model.close();
    }
}
