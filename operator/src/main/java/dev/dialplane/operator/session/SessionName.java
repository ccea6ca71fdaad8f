package dev.dialplane.operator.session;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The name of an inbound call's session: made of what the carrier calls it, so that a second report finds the first. */
public final class SessionName {

    /** RFC 4648, lower case. */
    private static final String BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

    /** 80 bits: with 20,000 sessions at once two collide once in 6e15 times. */
    private static final int CHARACTERS = 16;

    private SessionName() {}

    /** Returns {@code in-} and 16 base32 characters of the SHA-256 of the three, each ended by a zero byte. */
    public static String inbound(String carrier, String account, String carrierCallId) {
        byte[] hash;
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String part : new String[] {carrier, account, carrierCallId}) {
                digest.update(part.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
            }
            hash = digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        StringBuilder name = new StringBuilder("in-");
        int bits = 0;
        int held = 0;
        for (int i = 0; name.length() < 3 + CHARACTERS; ) {
            if (held < 5) {
                bits = (bits << 8) | (hash[i++] & 0xff);
                held += 8;
            }
            held -= 5;
            name.append(BASE32.charAt((bits >> held) & 31));
        }
        return name.toString();
    }
}
