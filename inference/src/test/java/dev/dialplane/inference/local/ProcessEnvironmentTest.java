package dev.dialplane.inference.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.inference.local.foreign.ProcessEnvironment;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class ProcessEnvironmentTest {
    @Test
    void nativeLibrariesSeeWhatIsSet() throws Throwable {
        ProcessEnvironment.set("DIALPLANE_TEST_VARIABLE", "first");
        ProcessEnvironment.set("DIALPLANE_TEST_VARIABLE", "second");

        assertThat(nativeValue("DIALPLANE_TEST_VARIABLE")).isEqualTo("second");
    }

    /** ONNX Runtime would report to its maker, and crash where there are no certificates. */
    @Test
    void onnxRuntimeIsToldNotToReport() throws Throwable {
        OnnxModels.environment();

        assertThat(nativeValue("ORT_DISABLE_TELEMETRY")).isEqualTo("1");
    }

    private static String nativeValue(String name) throws Throwable {
        var getenv = Linker.nativeLinker()
                .downcallHandle(
                        Linker.nativeLinker().defaultLookup().findOrThrow("getenv"),
                        FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = (MemorySegment) getenv.invokeExact(arena.allocateFrom(name));
            return value.equals(MemorySegment.NULL)
                    ? ""
                    : value.reinterpret(Long.MAX_VALUE).getString(0);
        }
    }
}
