package dev.dialplane.inference.service;

import com.google.protobuf.ByteString;
import dev.dialplane.audio.G711;
import dev.dialplane.audio.L16;
import dev.dialplane.audio.Resampler;
import dev.dialplane.audio.SampleCoding;
import dev.dialplane.contracts.common.v1.AudioFormat;
import dev.dialplane.contracts.common.v1.Codec;
import dev.dialplane.inference.failure.ModelException;

/** Audio as the contract carries it, from and to 16-bit samples. */
final class Formats {
    private static final String CODECS = "PCMU, PCMA or L16";

    private Formats() {}

    /** The format, if it can be read here. */
    static AudioFormat readable(String field, AudioFormat format) {
        if (!known(format.getCodec())) {
            throw ModelException.badRequest(field + ".codec", format.getCodec(), CODECS);
        }
        if (!Resampler.RATES.contains(format.getSampleRateHz())) {
            throw ModelException.badRequest(
                    field + ".sample_rate_hz", format.getSampleRateHz(), "one of " + Resampler.RATES);
        }
        return format;
    }

    /** The format that a voice answers with: the one wished for if it can be written here, its own in L16 otherwise. */
    static AudioFormat writable(AudioFormat wish, int voiceRate) {
        if (known(wish.getCodec()) && Resampler.RATES.contains(wish.getSampleRateHz())) {
            return wish;
        }
        return linear(voiceRate);
    }

    static AudioFormat linear(int rate) {
        return AudioFormat.newBuilder()
                .setCodec(Codec.CODEC_L16)
                .setSampleRateHz(rate)
                .build();
    }

    static short[] decode(Codec codec, ByteString payload) {
        SampleCoding coding = coding(codec);
        if (payload.size() % coding.bytesPerSample() != 0) {
            throw ModelException.badRequest("payload", payload.size() + " bytes", "two bytes a sample for L16");
        }
        return coding.decode(payload.toByteArray());
    }

    static byte[] encode(Codec codec, short[] samples, int offset, int count) {
        SampleCoding coding = coding(codec);
        byte[] coded = new byte[count * coding.bytesPerSample()];
        coding.encode(samples, offset, coded, 0, count);
        return coded;
    }

    private static boolean known(Codec codec) {
        return codec == Codec.CODEC_PCMU || codec == Codec.CODEC_PCMA || codec == Codec.CODEC_L16;
    }

    private static SampleCoding coding(Codec codec) {
        return switch (codec) {
            case CODEC_PCMU -> G711.MU_LAW;
            case CODEC_PCMA -> G711.A_LAW;
            case CODEC_L16 -> L16.LITTLE_ENDIAN;
            case CODEC_OPUS, CODEC_UNSPECIFIED, UNRECOGNIZED -> throw ModelException.badRequest("codec", codec, CODECS);
        };
    }
}
