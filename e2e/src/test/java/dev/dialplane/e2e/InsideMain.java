package dev.dialplane.e2e;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs {@link ChartInContainers} inside of namespaces, and writes down how each of its tests went. */
final class InsideMain {
    static final String CGROUP = "dialplane.cgroup";

    private InsideMain() {}

    /**
     * @param arguments where to write: one file a test, named for it, with what went wrong; an empty one if nothing did.
     *     A failure of the set-up is in a file {@code set-up}
     */
    public static void main(String[] arguments) throws IOException {
        Path results = Files.createDirectories(Path.of(arguments[0]));
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(DiscoverySelectors.selectClass(ChartInContainers.class))
                                .build(),
                        new TestExecutionListener() {
                            @Override
                            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                                record(results, test, result);
                            }
                        });
        System.exit(0);
    }

    private static void record(Path results, TestIdentifier test, TestExecutionResult result) {
        boolean failed = result.getStatus() != TestExecutionResult.Status.SUCCESSFUL;
        if (!test.isTest() && !failed) {
            return;
        }
        StringWriter text = new StringWriter();
        result.getThrowable().ifPresent(failure -> failure.printStackTrace(new PrintWriter(text, true)));
        try {
            Files.writeString(
                    results.resolve(test.isTest() ? test.getDisplayName().replace("()", "") : "set-up"),
                    text.toString(),
                    StandardOpenOption.CREATE);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
