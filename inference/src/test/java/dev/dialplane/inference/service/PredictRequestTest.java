package dev.dialplane.inference.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.dialplane.contracts.common.v1.AudioFormat;
import dev.dialplane.contracts.common.v1.Codec;
import dev.dialplane.contracts.common.v1.ModelRef;
import dev.dialplane.contracts.inference.v1.PredictRequest;
import dev.dialplane.inference.ending.EndOfTurnRequest;
import dev.dialplane.inference.failure.ModelException;
import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PredictRequestTest {
    @ParameterizedTest
    @CsvSource({
        "CODEC_PCMU,  8000,  64000, 64000",
        "CODEC_PCMA,  8000,      1,     1",
        "CODEC_L16,   8000, 128000, 64000",
        "CODEC_L16,  16000, 256000, 128000",
        "CODEC_PCMU, 16000, 128000, 128000"
    })
    void upToEightSecondsAreTaken(Codec codec, int rate, int bytes, int samples) {
        EndOfTurnRequest read =
                EndOfTurnService.read(request(codec, rate, bytes).build(), "call");

        assertThat(read.samples()).hasSize(samples);
        assertThat(read.sampleRate()).isEqualTo(rate);
        assertThat(read.callId()).isEqualTo("call");
    }

    @ParameterizedTest
    @CsvSource({
        "CODEC_OPUS,  8000,    100, format.codec",
        "CODEC_UNSPECIFIED, 8000, 100, format.codec",
        "CODEC_L16,   8001,    100, format.sample_rate_hz",
        "CODEC_L16,      0,    100, format.sample_rate_hz",
        "CODEC_L16,   8000,      0, payload",
        "CODEC_L16,   8000,      3, payload",
        "CODEC_L16,   8000, 128002, payload",
        "CODEC_PCMU,  8000,  64001, payload",
        "CODEC_PCMU,  8000, 128001, payload",
        "CODEC_L16,  16000, 256002, payload"
    })
    void anythingElseIsRefusedWithTheFieldsName(Codec codec, int rate, int bytes, String field) {
        assertThatThrownBy(
                        () -> EndOfTurnService.read(request(codec, rate, bytes).build(), "call"))
                .isInstanceOfSatisfying(ModelException.class, e -> {
                    assertThat(e.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
                    assertThat(e.error().getBadRequest().getField()).isEqualTo(field);
                    assertThat(e.error().getBadRequest().getAllowed()).isNotEmpty();
                });
    }

    @Test
    void aFallbackIsRefused() {
        PredictRequest.Builder request = request(Codec.CODEC_L16, 8000, 2);
        request.getModelBuilder()
                .setFallback(ModelRef.newBuilder().setProvider("b").setModel("n"));

        assertThatThrownBy(() -> EndOfTurnService.read(request.build(), "call"))
                .hasMessageContaining("model.fallback is \"b/n\"");
    }

    private static PredictRequest.Builder request(Codec codec, int rate, int bytes) {
        return PredictRequest.newBuilder()
                .setModel(ModelRef.newBuilder().setProvider("a").setModel("m"))
                .setFormat(AudioFormat.newBuilder().setCodec(codec).setSampleRateHz(rate))
                .setPayload(ByteString.copyFrom(new byte[bytes]));
    }
}
