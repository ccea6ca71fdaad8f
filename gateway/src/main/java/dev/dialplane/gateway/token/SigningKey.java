package dev.dialplane.gateway.token;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The key that gateways share with one another and with inference. HMAC-SHA256. */
public final class SigningKey {
    /** Bytes that a key has at least: as many as the hash (RFC 2104, 3). */
    public static final int MIN_BYTES = 32;

    private final SecretKeySpec key;

    /** A key of at least 32 bytes. */
    public SigningKey(byte[] key) {
        if (key.length < MIN_BYTES) {
            throw new IllegalArgumentException(
                    "the signing key has " + key.length + " bytes, allowed is " + MIN_BYTES + " and more");
        }
        this.key = new SecretKeySpec(key, "HmacSHA256");
    }

    /** Reads a key's file: its bytes as they are, but for white space around them. */
    public static SigningKey read(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        return new SigningKey(text.strip().getBytes(StandardCharsets.ISO_8859_1));
    }

    /** A key that nobody else has. */
    public static SigningKey random() {
        byte[] bytes = new byte[MIN_BYTES];
        new SecureRandom().nextBytes(bytes);
        return new SigningKey(bytes);
    }

    /** The message's HMAC-SHA256. */
    public byte[] sign(byte[] message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC-SHA256 is part of every Java runtime", e);
        }
    }

    boolean verify(byte[] message, byte[] signature) {
        return MessageDigest.isEqual(sign(message), signature);
    }

    /** Never shows the key. */
    @Override
    public String toString() {
        return "SigningKey[hidden]";
    }
}
