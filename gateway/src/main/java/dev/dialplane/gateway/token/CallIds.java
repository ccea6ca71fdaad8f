package dev.dialplane.gateway.token;

import java.security.SecureRandom;

/** Mints the ids of calls: 26 characters of lower-case base32, 130 random bits. */
public final class CallIds {
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
    private static final int LENGTH = 26;
    private static final SecureRandom RANDOM = new SecureRandom();

    private CallIds() {}

    /** An id that no other call has or will have. */
    public static String mint() {
        byte[] random = new byte[LENGTH];
        RANDOM.nextBytes(random);
        char[] id = new char[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            id[i] = ALPHABET.charAt(random[i] & 31);
        }
        return new String(id);
    }
}
