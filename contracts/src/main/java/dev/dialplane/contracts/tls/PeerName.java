package dev.dialplane.contracts.tls;

import io.grpc.Attributes;
import io.grpc.Grpc;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * What a process is called in its certificate: the first of its DNS names, which nobody looks up. Clients expect it of the server that they
 * dial, whatever its address; servers read it from the certificates of clients.
 */
public final class PeerName {
    /** Every gateway. */
    public static final String GATEWAY = "gateway.dialplane";
    /** Every inference. */
    public static final String INFERENCE = "inference.dialplane";
    /** Every operator. */
    public static final String OPERATOR = "operator.dialplane";

    private static final String AGENTS = ".agents.dialplane";
    /** Of a subject's alternative names (RFC 5280, section 4.2.1.6). */
    private static final int DNS_NAME = 2;

    private PeerName() {}

    /** The agents of a pool. */
    public static String agentsOf(String namespace, String pool) {
        return pool + "." + namespace + AGENTS;
    }

    /**
     * Who is at the other end.
     *
     * @param transport of the RPC
     * @return empty over a connection without TLS, or if the client showed no certificate
     */
    public static Optional<String> of(Attributes transport) {
        SSLSession session = transport.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        if (session == null) {
            return Optional.empty();
        }
        try {
            return session.getPeerCertificates()[0] instanceof X509Certificate certificate
                    ? name(certificate)
                    : Optional.empty();
        } catch (SSLPeerUnverifiedException | CertificateParsingException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> name(X509Certificate certificate) throws CertificateParsingException {
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        if (names == null || names.isEmpty()) {
            return Optional.empty();
        }
        List<?> first = names.iterator().next();
        return first.get(0).equals(DNS_NAME) ? Optional.of((String) first.get(1)) : Optional.empty();
    }
}
