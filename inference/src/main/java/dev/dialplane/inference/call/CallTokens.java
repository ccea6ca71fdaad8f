package dev.dialplane.inference.call;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.dialplane.contracts.common.v1.TokenClaims;
import dev.dialplane.inference.failure.ModelException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Reads call tokens: {@code base64url(claims) "." base64url(HMAC-SHA256(claims))}, as {@code common/v1/token.proto} has
 * it, and believes only those signed with its key and not expired.
 */
public final class CallTokens {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int MAX_LENGTH = 2048;
    /** Shorter keys than the hash weaken it (RFC 2104, section 3). */
    private static final int MIN_KEY_BYTES = 32;

    private final SecretKeySpec key;
    private final InstantSource clock;

    /**
     * @throws IllegalArgumentException if the key has less than 32 bytes
     */
    public CallTokens(byte[] key, InstantSource clock) {
        if (key.length < MIN_KEY_BYTES) {
            throw new IllegalArgumentException(
                    "the token key has " + key.length + " bytes, allowed are " + MIN_KEY_BYTES + " and more");
        }
        this.key = new SecretKeySpec(key, ALGORITHM);
        this.clock = clock;
    }

    /**
     * The claims of a token that holds.
     *
     * @throws ModelException UNAUTHENTICATED, with the reason, if it is not in form, forged or expired
     */
    public TokenClaims verify(String token) {
        byte[][] parts = parts(token);
        if (!MessageDigest.isEqual(parts[1], sign(parts[0]))) {
            throw ModelException.badToken("its signature is wrong");
        }
        TokenClaims claims = claims(parts[0]);
        if (claims.getExpiresUnixMs() <= clock.millis()) {
            throw ModelException.badToken("it has expired");
        }
        return claims;
    }

    /** The claims of a token, believed or not. For processes without a key, on a developer's machine. */
    public static TokenClaims read(String token) {
        return claims(parts(token)[0]);
    }

    /** The token for these claims. */
    public String mint(TokenClaims claims) {
        byte[] bytes = claims.toByteArray();
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        return base64.encodeToString(bytes) + "." + base64.encodeToString(sign(bytes));
    }

    private byte[] sign(byte[] claims) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal(claims);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static TokenClaims claims(byte[] bytes) {
        try {
            return TokenClaims.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw ModelException.badToken("its claims cannot be read");
        }
    }

    private static byte[][] parts(String token) {
        int dot = token.indexOf('.');
        if (token.length() > MAX_LENGTH || dot <= 0 || dot != token.lastIndexOf('.')) {
            throw ModelException.badToken("it is not of the form claims.signature");
        }
        try {
            return Arrays.stream(new String[] {token.substring(0, dot), token.substring(dot + 1)})
                    .map(Base64.getUrlDecoder()::decode)
                    .toArray(byte[][]::new);
        } catch (IllegalArgumentException e) {
            throw ModelException.badToken("it is not base64url");
        }
    }
}
