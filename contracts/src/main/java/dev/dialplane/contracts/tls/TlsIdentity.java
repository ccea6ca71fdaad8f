package dev.dialplane.contracts.tls;

import io.grpc.ChannelCredentials;
import io.grpc.ServerCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.AdvancedTlsX509TrustManager.Verification;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * What a process shows and whom it believes, which may change while it runs: new connections take up what is newest, those
 * that are up stay as they are.
 */
public final class TlsIdentity {
    private final AdvancedTlsX509KeyManager key = new AdvancedTlsX509KeyManager();
    private final AdvancedTlsX509TrustManager namesToo = trust(Verification.CERTIFICATE_AND_HOST_NAME_VERIFICATION);
    private final AdvancedTlsX509TrustManager authorityOnly = trust(Verification.CERTIFICATE_ONLY_VERIFICATION);

    private static AdvancedTlsX509TrustManager trust(Verification verification) {
        try {
            return AdvancedTlsX509TrustManager.newBuilder()
                    .setVerification(verification)
                    .build();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK has no trust manager for X.509", e);
        }
    }

    /**
     * Shows this certificate from now on.
     *
     * @param chain the certificate, and those between it and the authority
     */
    public void show(X509Certificate[] chain, PrivateKey privateKey) {
        key.updateIdentityCredentials(chain, privateKey);
    }

    /**
     * Believes these authorities from now on.
     *
     * @throws GeneralSecurityException if they are none
     */
    public void believe(X509Certificate[] authorities) throws GeneralSecurityException {
        try {
            for (AdvancedTlsX509TrustManager trust : List.of(namesToo, authorityOnly)) {
                trust.updateTrustCredentials(authorities);
            }
        } catch (IOException e) {
            throw new GeneralSecurityException(e);
        }
    }

    /** For a server: clients must show a certificate of the authority; what it says of them is the server's to judge. */
    public ServerCredentials server() {
        return TlsServerCredentials.newBuilder()
                .keyManager(key)
                .trustManager(authorityOnly)
                .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
                .build();
    }

    /** For a client over Netty, which has the JDK compare the server's name with the channel's authority. */
    public ChannelCredentials nettyClient() {
        return client(namesToo);
    }

    /** For a client over OkHttp, which compares the server's name with the channel's authority by itself. */
    public ChannelCredentials okHttpClient() {
        return client(authorityOnly);
    }

    private ChannelCredentials client(AdvancedTlsX509TrustManager trust) {
        return TlsChannelCredentials.newBuilder()
                .keyManager(key)
                .trustManager(trust)
                .build();
    }

    /** What this process shows, for a server that is set up by hand. */
    public X509ExtendedKeyManager keyManager() {
        return key;
    }

    /** Whom a server that is set up by hand believes. */
    public X509ExtendedTrustManager clientTrust() {
        return authorityOnly;
    }
}
