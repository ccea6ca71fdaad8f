package dev.dialplane.inference.local;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.dialplane.inference.local.foreign.ProcessEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Opens ONNX models so that many of them share a few cores: threads as told, none spinning. */
public final class OnnxModels {
    /** Found by trying: 3,250 characters are survived, 3,900 end in a segmentation fault at its first call. */
    private static final int LONGEST_ARGUMENT = 3_250;

    private static volatile int longestArgument = -1;

    private final int threads;

    /**
     * @param threads that one computation of a model uses; 1 where several computations share the cores
     */
    public OnnxModels(int threads) {
        this.threads = threads;
    }

    /**
     * The process's one environment.
     *
     * @throws IllegalStateException if this process was started in a way that the library does not survive
     */
    public static OrtEnvironment environment() {
        if (longestArgument() > LONGEST_ARGUMENT) {
            throw new IllegalStateException("this JVM was started with an argument longer than " + LONGEST_ARGUMENT
                    + " characters, which ONNX Runtime 1.29.0 does not survive; use java -jar, or @argfile for a long "
                    + "class path");
        }
        // From 1.29 on it reports to its maker unless told not to, and without certificates in the file system crashes
        // at it.
        ProcessEnvironment.set("ORT_DISABLE_TELEMETRY", "1");
        // A computation that was given up is an error to the library, and it would print each of them.
        return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    }

    private static int longestArgument() {
        int known = longestArgument;
        if (known < 0) {
            try {
                known = Stream.of(
                                Files.readString(Path.of("/proc/self/cmdline")).split("\u0000"))
                        .mapToInt(String::length)
                        .max()
                        .orElse(0);
            } catch (IOException e) {
                // Not a Linux: nothing is known against it.
                known = 0;
            }
            longestArgument = known;
        }
        return known;
    }

    /** Opens a model that is run once for a result. */
    public OrtSession open(Path file) throws OrtException {
        try (SessionOptions options = options(false)) {
            return environment().createSession(file.toString(), options);
        }
    }

    /**
     * Opens a model that is run once for each token. What such a run needs is little, and is kept from one to the next:
     * to ask for it anew each time took more than half of a transcript's time ({@code docs/performance.md}).
     */
    public OrtSession openForSteps(Path file) throws OrtException {
        try (SessionOptions options = options(true)) {
            return environment().createSession(file.toString(), options);
        }
    }

    public OrtSession open(byte[] model) throws OrtException {
        try (SessionOptions options = options(false)) {
            return environment().createSession(model, options);
        }
    }

    /** Makes a computation under way with these options end with an error, as soon as it can. */
    public static void terminate(OrtSession.RunOptions options) {
        try {
            options.setTerminate(true);
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    private SessionOptions options(boolean keepsMemory) throws OrtException {
        SessionOptions options = new SessionOptions();
        options.setIntraOpNumThreads(threads);
        options.setInterOpNumThreads(1);
        options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
        options.addConfigEntry("session.intra_op.allow_spinning", "0");
        options.addConfigEntry("session.inter_op.allow_spinning", "0");
        // Arenas keep the most that any computation ever took; with several models in one process that would be most of
        // it.
        options.setCPUArenaAllocator(keepsMemory);
        options.setMemoryPatternOptimization(false);
        return options;
    }
}
