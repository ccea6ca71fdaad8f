package dev.dialplane.agent.call;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.dialplane.agent.speaking.CarrierCodec;
import dev.dialplane.agent.speaking.Phrases;
import dev.dialplane.audio.ComfortNoise;
import dev.dialplane.audio.Tone;
import dev.dialplane.contracts.agent.v1.StandbyClips;
import dev.dialplane.contracts.inference.v1.PhraseKind;

/** What the gateway plays when the agent cannot: noise, a tone, an apology, in the call's codec. */
final class StandbyAudio {
    /** −60 dBov: heard as a line that is open, not as noise. */
    private static final double NOISE_DBOV = -60;

    private StandbyAudio() {}

    static StandbyClips of(Phrases phrases, CarrierCodec codec) {
        int rate = codec.rate();
        short[] noise = new short[rate];
        new ComfortNoise(rate, NOISE_DBOV, 1).fill(noise, 0, noise.length);
        // One round of the tone's cadence, so that it repeats without a seam.
        short[] tone = Tone.hold(rate).take(3 * rate);
        return StandbyClips.newBuilder()
                .setComfortNoise(wrap(codec.encode(noise)))
                .setHoldTone(wrap(codec.encode(tone)))
                .setApology(ByteString.copyFrom(phrases.audio(PhraseKind.PHRASE_KIND_APOLOGY, codec)))
                .build();
    }

    private static ByteString wrap(byte[] bytes) {
        return UnsafeByteOperations.unsafeWrap(bytes);
    }
}
