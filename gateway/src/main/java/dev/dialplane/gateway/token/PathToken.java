package dev.dialplane.gateway.token;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * What a carrier carries from its webhook to its media socket, as a segment of the path: which call this is and who was
 * reserved for it. Valid at every gateway that has the key, for its pool only, until it expires.
 *
 * @param callId the call
 * @param attempt of the reservation
 * @param podUid the agent that was reserved
 * @param expires unix ms
 * @param requested when the carrier asked, unix ms
 * @param reserved when the agent accepted, unix ms
 * @param party the caller's number, masked
 */
public record PathToken(
        String callId, int attempt, String podUid, long expires, long requested, long reserved, String party) {
    private static final int MAX_LENGTH = 600;
    private static final String CONTEXT = "dialplane path token 1";

    /** The token as it stands in a path. */
    public String signed(SigningKey key, String namespace, String pool) {
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        byte[] body = bytes();
        return base64.encodeToString(body) + "." + base64.encodeToString(key.sign(bound(body, namespace, pool)));
    }

    /** Reads a token; null if it is forged, damaged, for another pool, or expired at {@code nowUnixMs}. */
    public static @Nullable PathToken verify(
            SigningKey key, String namespace, String pool, String text, long nowUnixMs) {
        int dot = text.indexOf('.');
        if (dot < 0 || text.length() > MAX_LENGTH) {
            return null;
        }
        try {
            byte[] body = Base64.getUrlDecoder().decode(text.substring(0, dot));
            byte[] signature = Base64.getUrlDecoder().decode(text.substring(dot + 1));
            if (!key.verify(bound(body, namespace, pool), signature)) {
                return null;
            }
            PathToken token = read(body);
            return token.expires < nowUnixMs ? null : token;
        } catch (IllegalArgumentException | IOException e) {
            return null;
        }
    }

    private static byte[] bound(byte[] body, String namespace, String pool) {
        return write(out -> {
            out.writeUTF(CONTEXT);
            out.writeUTF(namespace);
            out.writeUTF(pool);
            out.write(body);
        });
    }

    private byte[] bytes() {
        return write(out -> {
            out.writeUTF(callId);
            out.writeInt(attempt);
            out.writeUTF(podUid);
            out.writeLong(expires);
            out.writeLong(requested);
            out.writeLong(reserved);
            out.writeUTF(party);
        });
    }

    private static PathToken read(byte[] body) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(body))) {
            return new PathToken(
                    in.readUTF(),
                    in.readInt(),
                    in.readUTF(),
                    in.readLong(),
                    in.readLong(),
                    in.readLong(),
                    in.readUTF());
        }
    }

    private interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    private static byte[] write(Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(160);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            writing.to(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
