package dev.dialplane.local.containers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** The image of what holds a pod's namespaces open: one static program, as an OCI archive. */
final class PauseImage {
    private PauseImage() {}

    /**
     * Makes it.
     *
     * @param program the program
     * @param work an empty directory
     * @param architecture in Go's words
     * @return the archive
     */
    static Path make(Path program, Path work, String architecture) throws IOException {
        Path root = Files.createDirectories(work.resolve("root"));
        Files.copy(program, root.resolve("pause"), StandardCopyOption.COPY_ATTRIBUTES);
        Path layer = tar(root, work.resolve("layer.tar"), "pause");
        Path oci = work.resolve("oci");
        Path blobs = Files.createDirectories(oci.resolve("blobs/sha256"));
        byte[] layerBytes = Files.readAllBytes(layer);
        String layerDigest = blob(blobs, layerBytes);
        byte[] config = """
                {"architecture":"%s","os":"linux","config":{"User":"65535:65535","Entrypoint":["/pause"]},
                "rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}""".formatted(architecture, layerDigest).getBytes(StandardCharsets.UTF_8);
        byte[] manifest = """
                {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
                "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:%s","size":%d},
                "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"sha256:%s","size":%d}]}""".formatted(blob(blobs, config), config.length, layerDigest, layerBytes.length)
                .getBytes(StandardCharsets.UTF_8);
        Files.writeString(oci.resolve("index.json"), """
                {"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json",
                "digest":"sha256:%s","size":%d,"annotations":{"io.containerd.image.name":"%s"}}]}""".formatted(
                        blob(blobs, manifest), manifest.length, NodeFiles.PAUSE_IMAGE));
        Files.writeString(oci.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
        return tar(oci, work.resolve("pause.tar"), ".");
    }

    private static String blob(Path blobs, byte[] bytes) throws IOException {
        try {
            String digest = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
            Files.write(blobs.resolve(digest), bytes);
            return digest;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Path tar(Path directory, Path file, String what) throws IOException {
        Commands.run(
                List.of("tar", "-C", directory.toString(), "--owner=0", "--group=0", "-cf", file.toString(), what));
        return file;
    }
}
