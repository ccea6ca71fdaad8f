package dev.dialplane.local.caller.carrier;

import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A gateway's number, as a carrier knows it.
 *
 * @param uri the voice webhook ({@code http}, {@code https}) or, without one, the media socket ({@code ws}, {@code wss})
 * @param publicUrl what the gateway believes to be its own address, if that is not where it is reached: signatures are
 *     over it, and media sockets under it are dialed where {@code uri} leads
 * @param authToken with which requests are signed; null leaves them unsigned
 * @param from the caller's number
 * @param to the number called
 */
public record Dialed(
        URI uri, @Nullable URI publicUrl, @Nullable String authToken, String from, String to) {
    /** A caller and a callee that no network has. */
    public static final String SAMPLE_FROM = "+15005550006";

    /** The sample callee. */
    public static final String SAMPLE_TO = "+15005550001";

    /** A webhook or media socket without signatures. */
    public static Dialed at(URI uri) {
        return new Dialed(uri, null, null, SAMPLE_FROM, SAMPLE_TO);
    }

    /** The voice webhook of a pool at a gateway such as {@code http://127.0.0.1:8080}. */
    public static Dialed webhook(URI gateway, String namespace, String pool) {
        return at(gateway.resolve("/twilio/" + namespace + "/" + pool + "/voice"));
    }

    /** The media socket without a token that a gateway has on a loopback listener for trying it. */
    public static Dialed socket(URI gateway, String namespace, String pool) {
        String scheme = "https".equals(gateway.getScheme()) ? "wss" : "ws";
        return at(URI.create(scheme + "://" + gateway.getAuthority() + "/twilio/" + namespace + "/" + pool));
    }

    /** The same number, with signed requests. */
    public Dialed signedWith(String token) {
        return new Dialed(uri, publicUrl, token, from, to);
    }

    /** The same number, whose gateway believes to be reached at {@code url}. */
    public Dialed knownAs(URI url) {
        return new Dialed(uri, url, authToken, from, to);
    }

    boolean hasWebhook() {
        return uri.getScheme().startsWith("http");
    }

    /** Where to connect for an address that the gateway gave. */
    URI reachable(URI given) {
        if (publicUrl == null || !publicUrl.getAuthority().equals(given.getAuthority())) {
            return given;
        }
        boolean secure = uri.getScheme().equals("https") || uri.getScheme().equals("wss");
        String scheme = (given.getScheme().startsWith("ws") ? "ws" : "http") + (secure ? "s" : "");
        return URI.create(scheme + "://" + uri.getAuthority() + given.getRawPath()
                + Optional.ofNullable(given.getRawQuery()).map(q -> "?" + q).orElse(""));
    }

    /** As what the gateway knows an address of its own. */
    URI known(URI reached) {
        if (publicUrl == null || !uri.getAuthority().equals(reached.getAuthority())) {
            return reached;
        }
        boolean secure =
                publicUrl.getScheme().equals("https") || publicUrl.getScheme().equals("wss");
        String scheme = (reached.getScheme().startsWith("ws") ? "ws" : "http") + (secure ? "s" : "");
        return URI.create(scheme + "://" + publicUrl.getAuthority() + reached.getRawPath()
                + Optional.ofNullable(reached.getRawQuery()).map(q -> "?" + q).orElse(""));
    }
}
