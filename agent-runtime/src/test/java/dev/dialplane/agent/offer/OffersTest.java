package dev.dialplane.agent.offer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.agent.offer.Offers.Business;
import dev.dialplane.agent.testing.TestBench;
import dev.dialplane.contracts.agent.v1.BusyReason;
import dev.dialplane.contracts.agent.v1.OfferKind;
import dev.dialplane.contracts.agent.v1.OfferRequest;
import dev.dialplane.contracts.common.v1.AudioFormat;
import dev.dialplane.contracts.common.v1.Codec;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class OffersTest {
    private static final OfferRequest OFFER = TestBench.offer(1, 2).build();
    private static final OfferRequest OTHER = TestBench.offer(2, 1).build();
    private static final OfferRequest LOWER = TestBench.offer(1, 1).build();

    @Test
    void anIdleAgentTakesACallForTheSpecThatItIsPreparedFor() {
        assertThat(judge(Business.IDLE, null, 0, OFFER)).isEqualTo(new Verdict.Accepted());
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of(Business.PREPARING, null, 0, OFFER, BusyReason.BUSY_REASON_PREPARING),
                Arguments.of(Business.RETIRING, null, 0, OFFER, BusyReason.BUSY_REASON_RETIRING),
                Arguments.of(Business.CLEANING_UP, OTHER, 0, OFFER, BusyReason.BUSY_REASON_IN_CALL),
                Arguments.of(Business.CLEANING_UP, OFFER, 2, OFFER, BusyReason.BUSY_REASON_IN_CALL),
                Arguments.of(Business.OFFERED, OTHER, 0, OFFER, BusyReason.BUSY_REASON_IN_CALL),
                Arguments.of(Business.IN_CALL, OTHER, 0, OFFER, BusyReason.BUSY_REASON_IN_CALL),
                Arguments.of(Business.IDLE, null, 3, OFFER, BusyReason.BUSY_REASON_OLD_ATTEMPT),
                Arguments.of(Business.IN_CALL, OTHER, 3, OFFER, BusyReason.BUSY_REASON_OLD_ATTEMPT),
                Arguments.of(
                        Business.IDLE,
                        null,
                        0,
                        OFFER.toBuilder().setPodUid("pod-2").build(),
                        BusyReason.BUSY_REASON_OTHER_POD),
                Arguments.of(
                        Business.IDLE,
                        null,
                        0,
                        OFFER.toBuilder().setSpecHash("beef").build(),
                        BusyReason.BUSY_REASON_OTHER_SPEC),
                Arguments.of(
                        Business.OFFERED,
                        OFFER,
                        2,
                        OFFER.toBuilder().putVariables("customer", "Asha").build(),
                        BusyReason.BUSY_REASON_CONFLICT));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refusesAndSaysWhy(
            Business business, @Nullable OfferRequest held, int highest, OfferRequest offer, BusyReason reason) {
        assertThat(judge(business, held, highest, offer)).isInstanceOfSatisfying(Verdict.Refused.class, refused -> {
            assertThat(refused.reason()).isEqualTo(reason);
            assertThat(refused.detail()).isNotBlank();
        });
    }

    @ParameterizedTest
    @EnumSource(
            value = Business.class,
            names = {"OFFERED", "IN_CALL"})
    void anAcceptedOfferIsAcceptedAgain(Business business) {
        OfferRequest again = OFFER.toBuilder()
                .setKind(OfferKind.OFFER_KIND_RESERVE)
                .setExpiresInMs(1)
                .build();

        assertThat(judge(business, OFFER, 2, again)).isEqualTo(new Verdict.AcceptedAgain());
    }

    @Test
    void aHigherAttemptReplacesAnOfferThatIsHeld() {
        assertThat(judge(Business.OFFERED, LOWER, 1, OFFER)).isEqualTo(new Verdict.Accepted());
    }

    @Test
    void aHigherAttemptOfTheCallInProgressTakesItOver() {
        assertThat(judge(Business.IN_CALL, LOWER, 1, OFFER)).isEqualTo(new Verdict.TakesOver());
    }

    @Test
    void aReservationThatIsSaidAgainAsLiveGoesLiveAndNeverBack() {
        OfferRequest reserve =
                OFFER.toBuilder().setKind(OfferKind.OFFER_KIND_RESERVE).build();

        assertThat(Offers.merged(reserve, OFFER).getKind()).isEqualTo(OfferKind.OFFER_KIND_LIVE);
        assertThat(Offers.merged(OFFER, reserve).getKind()).isEqualTo(OfferKind.OFFER_KIND_LIVE);
    }

    @Test
    void aReservationNeedsNoFormatsYet() {
        OfferRequest reserve = OFFER.toBuilder()
                .setKind(OfferKind.OFFER_KIND_RESERVE)
                .clearFormatIn()
                .clearFormatOut()
                .build();

        assertThat(judge(Business.IDLE, null, 0, reserve)).isEqualTo(new Verdict.Accepted());
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                fault(o -> o.getFenceBuilder().setCallId("CA123"), "fence.call_id is 'CA123', allowed are 26 of"),
                fault(o -> o.getFenceBuilder().setAttempt(0), "fence.attempt is 0"),
                fault(o -> o.setKind(OfferKind.OFFER_KIND_UNSPECIFIED), "kind is 0, allowed are RESERVE and LIVE"),
                fault(o -> o.setExpiresInMs(0), "expires_in_ms is 0, allowed is 1 to 1800000"),
                fault(o -> o.setExpiresInMs(1_800_001), "expires_in_ms is 1800001"),
                fault(o -> o.clearFormatOut(), "format_out is UNSPECIFIED at 0 Hz"),
                fault(o -> o.setFormatIn(format(Codec.CODEC_OPUS, 48_000)), "format_in is OPUS at 48000 Hz"),
                fault(o -> o.setFormatIn(format(Codec.CODEC_PCMU, 16_000)), "format_in is PCMU at 16000 Hz"),
                fault(o -> o.setFormatOut(format(Codec.CODEC_L16, 44_100)), "format_out is L16 at 44100 Hz"));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void aBadOfferIsRefusedWithFieldValueAndWhatIsAllowed(Consumer<OfferRequest.Builder> change, String detail) {
        OfferRequest.Builder offer = OFFER.toBuilder();
        change.accept(offer);

        assertThat(judge(Business.IDLE, null, 0, offer.build()))
                .isInstanceOfSatisfying(Verdict.Refused.class, refused -> {
                    assertThat(refused.reason()).isEqualTo(BusyReason.BUSY_REASON_BAD_OFFER);
                    assertThat(refused.detail()).startsWith(detail);
                });
    }

    @Test
    void theHighestAttemptOfRecentCallsIsRememberedAndOldCallsAreForgotten() {
        Attempts attempts = new Attempts();
        attempts.saw(new CallFence("first", 3));
        attempts.saw(new CallFence("first", 2));
        assertThat(attempts.highest("first")).isEqualTo(3);

        for (int i = 0; i < Attempts.MOST; i++) {
            attempts.saw(new CallFence("later " + i, 1));
        }

        assertThat(attempts.highest("first")).isZero();
    }

    private static Arguments fault(Consumer<OfferRequest.Builder> change, String detail) {
        return Arguments.of(change, detail);
    }

    private static AudioFormat format(Codec codec, int rate) {
        return AudioFormat.newBuilder().setCodec(codec).setSampleRateHz(rate).build();
    }

    private static Verdict judge(Business business, @Nullable OfferRequest held, int highest, OfferRequest offer) {
        return Offers.judge(new Offers.Situation(business, TestBench.POD, TestBench.HASH, held, highest), offer);
    }
}
