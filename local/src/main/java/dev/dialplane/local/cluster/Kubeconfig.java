package dev.dialplane.local.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;

/** The text of a kubeconfig: one cluster, one user, one context. */
public final class Kubeconfig {
    private Kubeconfig() {}

    /** One that presents a client certificate. Everything PEM. */
    static String withCertificate(String server, String authority, CertificateAuthority.Credential user) {
        return text(
                server,
                "certificate-authority-data: " + base64(authority),
                "client-certificate-data: " + base64(user.certificate()) + "\n    client-key-data: "
                        + base64(user.key()));
    }

    /** One that presents a token. */
    static String withToken(String server, String authority, String token) {
        return text(server, "certificate-authority-data: " + base64(authority), "token: " + token);
    }

    /** One for a pod's own files: the authority is read from a file, the token is in the text and renewed by writing it again. */
    public static String forPod(String server, Path authority, String token) {
        return text(server, "certificate-authority: " + authority, "token: " + token);
    }

    private static String text(String server, String authority, String user) {
        return """
                apiVersion: v1
                kind: Config
                current-context: dialplane-local
                clusters:
                - name: dialplane-local
                  cluster:
                    server: %s
                    %s
                contexts:
                - name: dialplane-local
                  context:
                    cluster: dialplane-local
                    user: dialplane-local
                users:
                - name: dialplane-local
                  user:
                    %s
                """.formatted(server, authority, user);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes a file that only its owner may read, whole or not at all. */
    public static Path write(Path file, String text) throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(unfinished);
        Files.createFile(
                unfinished, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(unfinished, text, StandardOpenOption.WRITE);
        Files.move(
                unfinished,
                file,
                java.nio.file.StandardCopyOption.ATOMIC_MOVE,
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        return file;
    }
}
