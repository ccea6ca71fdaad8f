package dev.dialplane.inference.model;

import com.google.protobuf.ByteString;
import dev.dialplane.contracts.common.v1.AgentSpec;
import dev.dialplane.contracts.common.v1.AudioFormat;
import dev.dialplane.contracts.common.v1.Codec;
import dev.dialplane.contracts.common.v1.Fact;
import dev.dialplane.contracts.inference.v1.Alignment;
import dev.dialplane.contracts.inference.v1.PhraseKind;
import dev.dialplane.contracts.inference.v1.RenderedPhrase;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.queue.Urgency;
import dev.dialplane.inference.speaking.SpeechRequest;
import dev.dialplane.inference.speaking.SpeechSink;
import dev.dialplane.inference.speaking.Spoken;
import dev.dialplane.inference.speaking.Voice;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** What every agent must be able to say at once, model or no model. */
public final class FixedPhrases {
    private FixedPhrases() {}

    /** The texts; a spec without a greeting has none. */
    public static Map<PhraseKind, String> texts(AgentSpec spec) {
        Map<PhraseKind, String> texts = new EnumMap<>(PhraseKind.class);
        String greeting = spec.getGreeting();
        for (Fact fact : spec.getFactsList()) {
            greeting = greeting.replace("{" + fact.getName() + "}", fact.getValue());
        }
        if (!greeting.isBlank()) {
            texts.put(PhraseKind.PHRASE_KIND_GREETING, greeting.strip());
        }
        texts.put(
                PhraseKind.PHRASE_KIND_APOLOGY,
                "I am sorry, something has gone wrong on our side. Please call again in a few minutes.");
        texts.put(PhraseKind.PHRASE_KIND_HOLD, "One moment, please.");
        texts.put(PhraseKind.PHRASE_KIND_HOLD_AGAIN, "I am still on it. Thank you for waiting.");
        texts.put(PhraseKind.PHRASE_KIND_IDLE_PROMPT, "Are you still there?");
        texts.put(PhraseKind.PHRASE_KIND_GOODBYE, "Thank you for calling. Goodbye.");
        if (spec.hasRecording()) {
            texts.put(
                    PhraseKind.PHRASE_KIND_CONSENT,
                    spec.getRecording().getConsent().strip());
            texts.put(PhraseKind.PHRASE_KIND_CONSENT_AGREED, "Thank you. How can I help you?");
            texts.put(
                    PhraseKind.PHRASE_KIND_CONSENT_DECLINED,
                    "All right, this call is not recorded. How can I help you?");
        }
        return texts;
    }

    /** All of them spoken. Blocks. */
    static List<RenderedPhrase> render(AgentSpec spec, Voice voice) {
        List<RenderedPhrase> phrases = new ArrayList<>();
        texts(spec).forEach((kind, text) -> phrases.add(render(kind, text, voice)));
        return phrases;
    }

    private static RenderedPhrase render(PhraseKind kind, String text, Voice voice) {
        Collector collector = new Collector();
        voice.speak(new SpeechRequest("prepare", "", text, Urgency.AHEAD), collector);
        try {
            Spoken spoken = collector.done.join();
            RenderedPhrase.Builder phrase = RenderedPhrase.newBuilder()
                    .setKind(kind)
                    .setText(text)
                    .setFormat(
                            AudioFormat.newBuilder().setCodec(Codec.CODEC_L16).setSampleRateHz(voice.sampleRate()))
                    .setPayload(collector.payload());
            for (Spoken.Span span : spoken.spans()) {
                phrase.addAlignment(Alignment.newBuilder()
                        .setTextStart(span.textStart())
                        .setTextEnd(span.textEnd())
                        .setSampleStart(span.sampleStart())
                        .setSampleEnd(span.sampleEnd()));
            }
            return phrase.build();
        } catch (CompletionException e) {
            throw ModelException.of(e.getCause() == null ? e : e.getCause(), "speaking a phrase");
        }
    }

    private static final class Collector implements SpeechSink {
        private final List<short[]> clips = new ArrayList<>();
        private final CompletableFuture<Spoken> done = new CompletableFuture<>();

        ByteString payload() {
            ByteBuffer bytes = ByteBuffer.allocate(
                            2 * clips.stream().mapToInt(clip -> clip.length).sum())
                    .order(ByteOrder.LITTLE_ENDIAN);
            clips.forEach(clip -> {
                for (short sample : clip) {
                    bytes.putShort(sample);
                }
            });
            return ByteString.copyFrom(bytes.flip());
        }

        @Override
        public void samples(short[] samples) {
            clips.add(samples);
        }

        @Override
        public void done(Spoken spoken) {
            done.complete(spoken);
        }

        @Override
        public void failed(ModelException failure) {
            done.completeExceptionally(failure);
        }
    }
}
