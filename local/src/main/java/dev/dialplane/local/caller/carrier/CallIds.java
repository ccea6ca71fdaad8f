package dev.dialplane.local.caller.carrier;

import java.util.UUID;

/**
 * What a call is called by Twilio.
 *
 * @param accountSid {@code AC} and 32 hexadecimal digits
 * @param callSid {@code CA} and 32 hexadecimal digits
 */
public record CallIds(String accountSid, String callSid) {
    /** The account of calls that say nothing else. */
    public static final String SAMPLE_ACCOUNT = "AC00000000000000000000000000000000";

    /** A new call of the sample account. */
    public static CallIds random() {
        return new CallIds(SAMPLE_ACCOUNT, random("CA"));
    }

    /** A new id with a prefix of two letters. */
    static String random(String prefix) {
        return prefix + UUID.randomUUID().toString().replace("-", "");
    }
}
