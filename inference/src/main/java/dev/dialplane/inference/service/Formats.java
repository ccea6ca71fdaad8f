package dev.dialplane.inference.service;

import com.google.protobuf.ByteString;
import dev.dialplane.audio.G711;
import dev.dialplane.audio.Resampler;
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
        return switch (codec) {
            case CODEC_PCMU -> decode(G711.MU_LAW, payload);
            case CODEC_PCMA -> decode(G711.A_LAW, payload);
            case CODEC_L16 -> {
                if (payload.size() % 2 != 0) {
                    throw ModelException.badRequest("payload", payload.size() + " bytes", "two bytes a sample for L16");
                }
                short[] samples = new short[payload.size() / 2];
                for (int i = 0; i < samples.length; i++) {
                    samples[i] = (short) (payload.byteAt(2 * i) & 0xFF | payload.byteAt(2 * i + 1) << 8);
                }
                yield samples;
            }
            default -> throw ModelException.badRequest("codec", codec, CODECS);
        };
    }

    static byte[] encode(Codec codec, short[] samples, int offset, int count) {
        return switch (codec) {
            case CODEC_PCMU -> encode(G711.MU_LAW, samples, offset, count);
            case CODEC_PCMA -> encode(G711.A_LAW, samples, offset, count);
            default -> {
                byte[] bytes = new byte[2 * count];
                for (int i = 0; i < count; i++) {
                    bytes[2 * i] = (byte) samples[offset + i];
                    bytes[2 * i + 1] = (byte) (samples[offset + i] >> 8);
                }
                yield bytes;
            }
        };
    }

    private static boolean known(Codec codec) {
        return codec == Codec.CODEC_PCMU || codec == Codec.CODEC_PCMA || codec == Codec.CODEC_L16;
    }

    private static short[] decode(G711 law, ByteString payload) {
        byte[] coded = payload.toByteArray();
        short[] samples = new short[coded.length];
        law.decode(coded, 0, samples, 0, coded.length);
        return samples;
    }

    private static byte[] encode(G711 law, short[] samples, int offset, int count) {
        byte[] coded = new byte[count];
        law.encode(samples, offset, coded, 0, count);
        return coded;
    }
}
