package dev.dialplane.operator.gateways;

import dev.dialplane.contracts.control.v1.CallEvent;
import io.grpc.Status;
import io.grpc.StatusException;
import java.util.regex.Pattern;

/** Refuses an event that could not be written down as it is. */
final class CallEventCheck {

    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    private static final Pattern CALL_ID = Pattern.compile("[a-z0-9]{1,63}");
    private static final int LONGEST_CARRIER_CALL_ID = 256;

    private CallEventCheck() {}

    /**
     * Checks an event.
     *
     * @throws StatusException INVALID_ARGUMENT naming the field, its value and what is allowed
     */
    static void check(CallEvent event) throws StatusException {
        require("fence.call_id", event.getFence().getCallId(), CALL_ID, "1 to 63 lower-case letters and digits");
        require("pool.namespace", event.getPool().getNamespace(), LABEL, "a DNS label");
        require("pool.name", event.getPool().getName(), LABEL, "a DNS label");
        require("carrier", event.getCarrier(), LABEL, "a DNS label");
        String id = event.getCarrierCallId();
        if (id.isEmpty() || id.length() > LONGEST_CARRIER_CALL_ID) {
            throw refusal("carrier_call_id", id, "1 to %d characters".formatted(LONGEST_CARRIER_CALL_ID));
        }
        if (event.getEventCase() == CallEvent.EventCase.EVENT_NOT_SET) {
            throw refusal("event", "none", "answered, ended, refused, moved or dialing");
        }
    }

    private static void require(String field, String value, Pattern allowed, String words) throws StatusException {
        if (!allowed.matcher(value).matches()) {
            throw refusal(field, value, words);
        }
    }

    private static StatusException refusal(String field, String value, String allowed) {
        String shown = value.length() > 64 ? value.substring(0, 64) + "..." : value;
        return Status.INVALID_ARGUMENT
                .withDescription("call_event.%s '%s' must be %s".formatted(field, shown, allowed))
                .asException();
    }
}
