package dev.dialplane.agent.speaking;

import dev.dialplane.contracts.inference.v1.Alignment;
import dev.dialplane.contracts.inference.v1.PhraseKind;
import dev.dialplane.contracts.inference.v1.RenderedPhrase;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an agent can say without any model: the phrases that inference rendered when the agent was prepared. Kept in the
 * codec that was asked for last, which is the same for nearly all calls.
 */
public final class Phrases {
    private final Map<PhraseKind, RenderedPhrase> rendered = new EnumMap<>(PhraseKind.class);
    private final Map<PhraseKind, byte[]> coded = new EnumMap<>(PhraseKind.class);
    private @Nullable CarrierCodec codec;

    /** Keeps the phrases that say what they are; of two of a kind the last. */
    public Phrases(List<RenderedPhrase> phrases) {
        for (RenderedPhrase phrase : phrases) {
            if (phrase.getKind() != PhraseKind.UNRECOGNIZED
                    && !phrase.getPayload().isEmpty()) {
                rendered.put(phrase.getKind(), phrase);
            }
        }
    }

    /** Whether there is such a phrase. */
    public boolean has(PhraseKind kind) {
        return rendered.containsKey(kind);
    }

    /** The text of a phrase; empty if there is none. */
    public String text(PhraseKind kind) {
        return rendered.getOrDefault(kind, RenderedPhrase.getDefaultInstance()).getText();
    }

    /** Encodes all phrases for a carrier, so that the first call need not wait for it. */
    public void ready(CarrierCodec wanted) {
        rendered.keySet().forEach(kind -> audio(kind, wanted));
    }

    /** A phrase's audio; empty if there is none. */
    public byte[] audio(PhraseKind kind, CarrierCodec wanted) {
        if (codec == null || !codec.equals(wanted)) {
            coded.clear();
            codec = wanted;
        }
        return coded.computeIfAbsent(kind, _ -> encode(kind, wanted));
    }

    /** A phrase, ready to be said; null if there is none. */
    public @Nullable Speech speech(PhraseKind kind, CarrierCodec wanted) {
        RenderedPhrase phrase = rendered.get(kind);
        if (phrase == null) {
            return null;
        }
        byte[] audio = audio(kind, wanted);
        Speech speech = new Speech(wanted.rate(), wanted.bytesPerSample());
        speech.text(phrase.getText());
        speech.pieceBegins(0);
        speech.append(audio, 0, audio.length);
        speech.pieceEnds(
                0,
                spans(
                        phrase.getAlignmentList(),
                        (double) wanted.rate() / phrase.getFormat().getSampleRateHz()));
        speech.complete();
        return speech;
    }

    /** Alignments in a voice's samples as spans in a carrier's; {@code ratio} is how many of these make one of those. */
    public static List<Speech.Span> spans(List<Alignment> alignments, double ratio) {
        List<Speech.Span> spans = new ArrayList<>(alignments.size());
        for (Alignment alignment : alignments) {
            spans.add(new Speech.Span(
                    alignment.getTextStart(),
                    alignment.getTextEnd(),
                    (int) Math.round(alignment.getSampleStart() * ratio),
                    (int) Math.round(alignment.getSampleEnd() * ratio)));
        }
        return spans;
    }

    private byte[] encode(PhraseKind kind, CarrierCodec wanted) {
        RenderedPhrase phrase = rendered.get(kind);
        if (phrase == null) {
            return new byte[0];
        }
        Speech speech = new Speech(wanted.rate(), wanted.bytesPerSample());
        Encoder encoder = new Encoder(phrase.getFormat(), wanted);
        encoder.encode(phrase.getPayload(), speech);
        encoder.finish(speech);
        return speech.copy();
    }
}
