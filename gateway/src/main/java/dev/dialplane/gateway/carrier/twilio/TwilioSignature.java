package dev.dialplane.gateway.carrier.twilio;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * {@code X-Twilio-Signature}: base64 of HMAC-SHA1, keyed with the account's auth token, over the exact public URL followed
 * by every POST parameter's name and value, sorted by name (twilio.com/docs/usage/security).
 */
public final class TwilioSignature {
    private TwilioSignature() {}

    /**
     * Whether one of the tokens made this signature. Takes the same time wherever it differs.
     *
     * @param authTokens more than one while a token is being replaced
     * @param parameters the POST parameters; empty for a GET and for a WebSocket's upgrade
     */
    public static boolean matches(
            List<String> authTokens, String url, Map<String, List<String>> parameters, @Nullable String signature) {
        if (signature == null) {
            return false;
        }
        byte[] given = signature.getBytes(StandardCharsets.UTF_8);
        boolean matches = false;
        for (String token : authTokens) {
            matches |= MessageDigest.isEqual(sign(token, url, parameters).getBytes(StandardCharsets.UTF_8), given);
        }
        return matches;
    }

    /** The signature that Twilio would send. */
    public static String sign(String authToken, String url, Map<String, List<String>> parameters) {
        StringBuilder signed = new StringBuilder(url);
        // A parameter given more than once counts once per different value, sorted (Twilio's helper libraries).
        new TreeMap<>(parameters)
                .forEach((name, values) -> new TreeSet<>(values)
                        .forEach(value -> signed.append(name).append(value)));
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(authToken.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
            return Base64.getEncoder()
                    .encodeToString(mac.doFinal(signed.toString().getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC-SHA1 is part of every Java runtime", e);
        }
    }
}
