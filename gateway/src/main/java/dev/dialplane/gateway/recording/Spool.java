package dev.dialplane.gateway.recording;

import dev.dialplane.audio.WavRepair;
import dev.dialplane.audio.WavWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Where this gateway's recordings are until an archive has them: {@code CALL.wav.part} while it is written, {@code CALL.wav}
 * once it is complete and on the disk, and {@code CALL.json} beside either with what is known of it, until that was told.
 * Everything here may block.
 */
class Spool {
    private static final Logger LOG = Logger.getLogger(Spool.class);
    private static final String PART = ".wav.part";
    private static final String WAV = ".wav";
    private static final String NOTE = ".json";
    /** A note is some hundred bytes, and some more for each pause. */
    private static final int LONGEST_NOTE = 64 << 10;

    private final Path folder;

    /**
     * A spool in a folder of its own.
     *
     * @param root may be shared with other gateways
     */
    Spool(Path root, String gateway) {
        folder = root.resolve(".spool").resolve(safe(gateway));
    }

    /** A name that is one part of a path, and neither hidden nor the folder above. */
    static String safe(String name) {
        String plain = name.replaceAll("[^A-Za-z0-9._-]", "_");
        return plain.isEmpty() || plain.startsWith(".") ? "_" + plain : plain;
    }

    /** A file that is complete, and on the disk. */
    record Complete(Path file, String sha256, long bytes) {}

    /** What a former process left of a call. */
    sealed interface Left {
        String callId();

        String note();
    }

    /** It was still being written; the file is complete now. */
    record CutOff(String callId, String note, Complete complete, long milliseconds) implements Left {}

    /** It was complete, and no archive had it. */
    record Waiting(String callId, String note, Path file, long bytes) implements Left {}

    /** An archive has it, and nobody was told. */
    record Untold(String callId, String note) implements Left {}

    /** Begins a file. */
    Part begin(String callId, WireFormat format) throws IOException {
        Files.createDirectories(folder);
        return new Part(folder.resolve(callId + PART), format);
    }

    /** A file that is being written. For one thread at a time. */
    final class Part implements Timeline.Sink {
        private final Path path;
        private final WavWriter wav;

        private Part(Path path, WireFormat format) throws IOException {
            this.path = path;
            wav = WavWriter.create(path, format.wav());
        }

        @Override
        public void write(byte[] frames, int offset, int count) throws IOException {
            wav.writeCoded(frames, offset, count);
        }

        long frames() {
            return wav.frames();
        }

        /** Completes it. */
        Complete finish() throws IOException {
            wav.close();
            return complete(path);
        }

        void discard() {
            try {
                wav.close();
            } catch (IOException e) {
                LOG.debugf("%s: %s", path, e);
            }
            delete(path);
        }
    }

    private Complete complete(Path part) throws IOException {
        try (FileChannel file = FileChannel.open(part, StandardOpenOption.WRITE)) {
            file.force(true);
        }
        String name = part.getFileName().toString();
        Path whole = part.resolveSibling(name.substring(0, name.length() - PART.length()) + WAV);
        Files.move(part, whole, StandardCopyOption.ATOMIC_MOVE);
        DirectoryArchive.force(folder);
        String sha256 = HexFormat.of().formatHex(digest(whole, "SHA-256"));
        return new Complete(whole, sha256, Files.size(whole));
    }

    static byte[] digest(Path file, String algorithm) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            byte[] some = new byte[64 << 10];
            for (int n = in.read(some); n > 0; n = in.read(some)) {
                digest.update(some, 0, n);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Keeps what is known of a call's recording, in place of what was known. */
    void note(String callId, String json) throws IOException {
        Path fresh = folder.resolve(callId + NOTE + ".new");
        Files.writeString(fresh, json);
        Files.move(fresh, folder.resolve(callId + NOTE), StandardCopyOption.ATOMIC_MOVE);
    }

    /** A recording that must not be kept. */
    void discard(String callId) {
        delete(folder.resolve(callId + PART));
        delete(folder.resolve(callId + WAV));
        forget(callId);
    }

    /** It was told, or is of no use. */
    void forget(String callId) {
        delete(folder.resolve(callId + NOTE));
    }

    /** Of no use, and not to be kept. */
    static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warnf("%s cannot be removed: %s", file, e);
        }
    }

    /** The files that are there: before the first {@link #begin}, a former process of this gateway left them. */
    List<Path> files() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.sorted().toList();
        }
    }

    /** What files are that a former process left. What cannot be read stays where it is, and is told in the log. */
    List<Left> left(List<Path> files) {
        List<Left> left = new ArrayList<>();
        for (Path file : files) {
            String name = file.getFileName().toString();
            try {
                if (name.endsWith(PART)) {
                    String callId = name.substring(0, name.length() - PART.length());
                    long milliseconds = WavRepair.complete(file);
                    left.add(new CutOff(callId, noteOf(callId), complete(file), milliseconds));
                } else if (name.endsWith(WAV)) {
                    String callId = name.substring(0, name.length() - WAV.length());
                    left.add(new Waiting(callId, noteOf(callId), file, Files.size(file)));
                } else if (name.endsWith(NOTE)) {
                    String callId = name.substring(0, name.length() - NOTE.length());
                    if (!Files.exists(folder.resolve(callId + PART)) && !Files.exists(folder.resolve(callId + WAV))) {
                        left.add(new Untold(callId, noteOf(callId)));
                    }
                }
            } catch (IOException e) {
                LOG.errorf("%s, which a former process left, is of no use as it is: %s", file, e.getMessage());
            }
        }
        return left;
    }

    private String noteOf(String callId) throws IOException {
        Path note = folder.resolve(callId + NOTE);
        if (!Files.exists(note)) {
            return "";
        }
        try (InputStream in = Files.newInputStream(note)) {
            return new String(in.readNBytes(LONGEST_NOTE), StandardCharsets.UTF_8);
        }
    }
}
