package dev.dialplane.agent.offer;

import dev.dialplane.contracts.agent.v1.BusyReason;
import dev.dialplane.contracts.agent.v1.OfferKind;
import dev.dialplane.contracts.agent.v1.OfferRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rule by which an agent takes a call or not: a function of what it is and what it is offered. */
public final class Offers {
    private Offers() {}

    /** What the agent is busy with, as far as an offer is concerned. */
    public enum Business {
        /** Not prepared yet, or being prepared. */
        PREPARING,
        IDLE,
        /** Holds an offer that Converse has not taken up. */
        OFFERED,
        IN_CALL,
        /** The last call's summary is not taken, or its reset is not done. */
        CLEANING_UP,
        RETIRING
    }

    /**
     * The agent, as an offer finds it.
     *
     * @param held the offer that it holds or whose call it is in; null when there is none
     * @param highestAttempt the highest attempt seen of the call that is offered now
     */
    public record Situation(
            Business business,
            String podUid,
            String preparedHash,
            @Nullable OfferRequest held,
            int highestAttempt) {}

    /** The answer. Repeating an accepted offer is accepted; a lower attempt than the highest seen never is. */
    public static Verdict judge(Situation now, OfferRequest offer) {
        if (!offer.getPodUid().equals(now.podUid())) {
            return refused(
                    BusyReason.BUSY_REASON_OTHER_POD,
                    "pod_uid is '" + offer.getPodUid() + "', this pod's is '" + now.podUid() + "'");
        }
        Optional<String> fault = Offer.fault(offer);
        if (fault.isPresent()) {
            return refused(BusyReason.BUSY_REASON_BAD_OFFER, fault.get());
        }
        CallFence fence = CallFence.of(offer.getFence());
        if (fence.attempt() < now.highestAttempt()) {
            return refused(
                    BusyReason.BUSY_REASON_OLD_ATTEMPT,
                    "fence.attempt is " + fence.attempt() + ", attempt " + now.highestAttempt() + " was seen");
        }
        OfferRequest held = now.held();
        if (held != null && held.getFence().equals(offer.getFence())) {
            return sameFence(now.business(), held, offer);
        }
        boolean sameCall = held != null && CallFence.of(held.getFence()).sameCall(fence);
        return switch (now.business()) {
            case PREPARING -> refused(BusyReason.BUSY_REASON_PREPARING, "not prepared yet");
            case RETIRING -> refused(BusyReason.BUSY_REASON_RETIRING, "takes no call any more");
            case CLEANING_UP -> refused(BusyReason.BUSY_REASON_IN_CALL, "wraps up its last call");
            case OFFERED ->
                sameCall ? fresh(now, offer) : refused(BusyReason.BUSY_REASON_IN_CALL, "holds another offer");
            case IN_CALL ->
                sameCall ? new Verdict.TakesOver() : refused(BusyReason.BUSY_REASON_IN_CALL, "in another call");
            case IDLE -> fresh(now, offer);
        };
    }

    private static Verdict fresh(Situation now, OfferRequest offer) {
        if (!offer.getSpecHash().equals(now.preparedHash())) {
            return refused(
                    BusyReason.BUSY_REASON_OTHER_SPEC,
                    "spec_hash is '" + offer.getSpecHash() + "', prepared is '" + now.preparedHash() + "'");
        }
        return new Verdict.Accepted();
    }

    private static Verdict sameFence(Business business, OfferRequest held, OfferRequest offer) {
        boolean sameContent = timeless(held).equals(timeless(offer));
        if (!sameContent) {
            return refused(BusyReason.BUSY_REASON_CONFLICT, "this fence was offered with other content");
        }
        return switch (business) {
            case OFFERED, IN_CALL -> new Verdict.AcceptedAgain();
            case CLEANING_UP -> refused(BusyReason.BUSY_REASON_IN_CALL, "this call is over");
            case RETIRING -> refused(BusyReason.BUSY_REASON_RETIRING, "takes no call any more");
            case PREPARING, IDLE -> throw new IllegalStateException("holds an offer while " + business);
        };
    }

    /**
     * An offer without what may change when it is said again: a reservation that goes live brings the carrier's stream,
     * and with it its formats, and a fresh token.
     */
    private static OfferRequest timeless(OfferRequest offer) {
        return offer.toBuilder()
                .clearKind()
                .clearExpiresInMs()
                .clearCallToken()
                .clearTraceparent()
                .clearFormatIn()
                .clearFormatOut()
                .clearCarrier()
                .clearRecords()
                .build();
    }

    /** The offer to hold once {@code again} repeated {@code held}: the newer, but a live one never turns back. */
    public static OfferRequest merged(OfferRequest held, OfferRequest again) {
        return held.getKind() == OfferKind.OFFER_KIND_LIVE && again.getKind() == OfferKind.OFFER_KIND_RESERVE
                ? held
                : again;
    }

    private static Verdict refused(BusyReason reason, String detail) {
        return new Verdict.Refused(reason, detail);
    }
}
