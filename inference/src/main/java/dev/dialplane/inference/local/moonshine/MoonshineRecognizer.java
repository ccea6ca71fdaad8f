package dev.dialplane.inference.local.moonshine;

import dev.dialplane.audio.Resampler;
import dev.dialplane.inference.hearing.Hearing;
import dev.dialplane.inference.hearing.HearingListener;
import dev.dialplane.inference.hearing.HearingRequest;
import dev.dialplane.inference.hearing.Recognizer;
import dev.dialplane.inference.queue.ComputeQueue;
import dev.dialplane.inference.queue.Work;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Hears calls by Moonshine: each transcript is made from the whole utterance so far. Partial ones are made while nothing
 * else wants the cores.
 */
public final class MoonshineRecognizer implements Recognizer {
    private final Moonshine model;
    private final ComputeQueue queue;

    public MoonshineRecognizer(Moonshine model, ComputeQueue queue) {
        this.model = model;
        this.queue = queue;
    }

    @Override
    public Hearing open(HearingRequest request, HearingListener listener) {
        return new MoonshineHearing(request, listener, queue, this::hear);
    }

    /** What is heard of an utterance, in parts if it is long. */
    private Moonshine.Heard hear(short[] samples, int rate, Work work) {
        short[] converted = Resampler.convert(samples, rate, Moonshine.SAMPLE_RATE);
        float[] audio = new float[converted.length];
        for (int i = 0; i < audio.length; i++) {
            audio[i] = converted[i] / 32768f;
        }
        List<String> texts = new ArrayList<>();
        float confidence = 1;
        int start = 0;
        for (int end : Segments.ends(audio, Moonshine.SAMPLE_RATE)) {
            Moonshine.Heard heard = model.hear(Arrays.copyOfRange(audio, start, end), work);
            if (!heard.text().isEmpty()) {
                texts.add(heard.text());
            }
            confidence = Math.min(confidence, heard.confidence());
            start = end;
        }
        return new Moonshine.Heard(String.join(" ", texts), confidence);
    }
}
