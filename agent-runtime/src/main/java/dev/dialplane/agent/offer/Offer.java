package dev.dialplane.agent.offer;

import dev.dialplane.contracts.agent.v1.OfferKind;
import dev.dialplane.contracts.agent.v1.OfferRequest;
import dev.dialplane.contracts.common.v1.AudioFormat;
import dev.dialplane.contracts.common.v1.Codec;
import java.util.Optional;
import java.util.regex.Pattern;

/** What is asked of an offer before anything else is looked at. */
public final class Offer {
    /** Half an hour: longer than anybody lets a phone ring. */
    static final int MOST_EXPIRY_MS = 1_800_000;

    private static final Pattern CALL_ID = Pattern.compile("[a-z2-7]{26}");

    private Offer() {}

    /** What is wrong with an offer: field, value and what is allowed; empty when nothing is. */
    public static Optional<String> fault(OfferRequest offer) {
        String callId = offer.getFence().getCallId();
        if (!CALL_ID.matcher(callId).matches()) {
            return Optional.of("fence.call_id is '" + shortened(callId) + "', allowed are 26 of a-z and 2-7");
        }
        if (offer.getFence().getAttempt() < 1) {
            return Optional.of("fence.attempt is "
                    + Integer.toUnsignedString(offer.getFence().getAttempt()) + ", allowed is 1 to 2147483647");
        }
        if (offer.getKind() != OfferKind.OFFER_KIND_RESERVE && offer.getKind() != OfferKind.OFFER_KIND_LIVE) {
            return Optional.of("kind is " + offer.getKindValue() + ", allowed are RESERVE and LIVE");
        }
        if (offer.getExpiresInMs() < 1 || offer.getExpiresInMs() > MOST_EXPIRY_MS) {
            return Optional.of("expires_in_ms is " + Integer.toUnsignedString(offer.getExpiresInMs())
                    + ", allowed is 1 to " + MOST_EXPIRY_MS);
        }
        // While it rings, nobody may know yet what the stream will carry.
        if (offer.getKind() == OfferKind.OFFER_KIND_RESERVE && !offer.hasFormatIn() && !offer.hasFormatOut()) {
            return Optional.empty();
        }
        return formatFault("format_in", offer.getFormatIn()).or(() -> formatFault("format_out", offer.getFormatOut()));
    }

    private static Optional<String> formatFault(String field, AudioFormat format) {
        boolean known = switch (format.getCodec()) {
            case CODEC_PCMU, CODEC_PCMA -> format.getSampleRateHz() == 8000;
            case CODEC_L16 ->
                switch (format.getSampleRateHz()) {
                    case 8000, 16000, 22050, 24000, 48000 -> true;
                    default -> false;
                };
            case CODEC_OPUS, CODEC_UNSPECIFIED, UNRECOGNIZED -> false;
        };
        if (known) {
            return Optional.empty();
        }
        String codec = format.getCodec() == Codec.UNRECOGNIZED
                ? Integer.toString(format.getCodecValue())
                : format.getCodec().name().substring("CODEC_".length());
        return Optional.of(field + " is " + codec + " at " + Integer.toUnsignedString(format.getSampleRateHz())
                + " Hz, allowed are PCMU and PCMA at 8000, and L16 at 8000, 16000, 22050, 24000 and 48000");
    }

    private static String shortened(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "...";
    }
}
