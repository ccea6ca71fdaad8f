package dev.dialplane.gateway.carrier.twilio;

import dev.dialplane.contracts.agent.v1.OfferKind;
import dev.dialplane.contracts.common.v1.AudioFormat;
import dev.dialplane.contracts.common.v1.CarrierCapabilities;
import dev.dialplane.contracts.common.v1.Codec;
import dev.dialplane.contracts.common.v1.Direction;
import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.gateway.binding.BindRequest;
import dev.dialplane.gateway.call.CallSettings;
import dev.dialplane.gateway.carrier.Dialect;
import dev.dialplane.gateway.playout.PlayoutShape;
import java.time.Duration;
import java.util.Map;

/** What a call over Twilio asks of an agent and of playout. */
final class TwilioCalls {
    /** How far ahead of what was played an agent may send, ms. */
    private static final int AGENT_LEAD = 300;

    private static final int FRAME = 20;
    private static final int BUFFER = 2_000;
    private static final int MARK_EVERY = 100;

    private TwilioCalls() {}

    static PlayoutShape shape(Dialect.Coding coding) {
        Dialect twilio = TwilioDialect.TWILIO;
        return new PlayoutShape(
                coding.sampleRate(),
                coding.bytesPerSample(),
                FRAME,
                twilio.lead(),
                FRAME,
                BUFFER,
                MARK_EVERY,
                twilio.acks(),
                twilio.clear(),
                twilio.maxMarks());
    }

    /** What an agent is asked; {@code coding} is what its audio is to be in, both ways. */
    static BindRequest request(
            String callId,
            int attempt,
            PoolRef pool,
            OfferKind kind,
            Dialect.Coding coding,
            Map<String, String> variables,
            boolean transfers,
            Duration patience,
            Duration expiry,
            CallSettings settings) {
        Dialect twilio = TwilioDialect.TWILIO;
        AudioFormat format = AudioFormat.newBuilder()
                .setCodec(
                        switch (coding) {
                            case PCMU_8000 -> Codec.CODEC_PCMU;
                            case PCMA_8000 -> Codec.CODEC_PCMA;
                            case L16_8000, L16_16000, OPUS_16000 -> Codec.CODEC_L16;
                        })
                .setSampleRateHz(coding.sampleRate())
                .build();
        CarrierCapabilities capabilities = CarrierCapabilities.newBuilder()
                .setClear(twilio.clear())
                .setPause(twilio.pause())
                .setAcknowledges(twilio.acks())
                .setDtmfOut(twilio.dtmfOut())
                .setTransfer(twilio.transfer() && transfers)
                .setLeadMs(AGENT_LEAD)
                .setFarEndDelayMs(twilio.farEndDelay())
                .build();
        return new BindRequest(
                callId,
                attempt,
                pool,
                kind,
                new BindRequest.Terms(
                        Direction.DIRECTION_INBOUND,
                        capabilities,
                        format,
                        format,
                        variables,
                        settings.reconnectGrace()),
                patience,
                expiry);
    }
}
