package dev.dialplane.local.cluster;

import dev.dialplane.local.cluster.CertificateAuthority.Credential;
import dev.dialplane.local.cluster.CertificateAuthority.KeyAlgorithm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The keys and certificates that the servers of one cluster read, as files in one directory. */
final class ClusterPki {
    private final Path directory;
    private final CertificateAuthority authority;

    /** Makes them all. Files only their owner may read, in a directory that is made. */
    ClusterPki(Path directory, Instant now, Optional<NodeNetwork> network) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.authority = new CertificateAuthority(now);
        Kubeconfig.write(authorityFile(), authority.certificate());
        write(
                "apiserver",
                authority.server(
                        List.of("kubernetes.default.svc", "kubernetes.default", "kubernetes", "localhost"),
                        network.map(known -> List.of(known.node(), known.apiServer()))
                                .orElse(List.of("127.0.0.1", "10.97.0.1"))));
        write("kubelet-client", authority.client("kube-apiserver-kubelet-client", List.of(), KeyAlgorithm.EC));
        KeyPair tokens = CertificateAuthority.keyPair(KeyAlgorithm.EC);
        Kubeconfig.write(file("tokens.key"), CertificateAuthority.privatePem(tokens));
        Kubeconfig.write(file("tokens.pub"), CertificateAuthority.publicPem(tokens.getPublic()));
    }

    private void write(String name, Credential credential) throws IOException {
        Kubeconfig.write(file(name + ".crt"), credential.certificate());
        Kubeconfig.write(file(name + ".key"), credential.key());
    }

    Path file(String name) {
        return directory.resolve(name);
    }

    Path authorityFile() {
        return file("ca.crt");
    }

    CertificateAuthority authority() {
        return authority;
    }
}
