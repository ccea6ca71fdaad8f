package dev.dialplane.audio;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.util.Arrays;

class WavRepairFuzzTest {
    @FuzzTest(maxDuration = "5m")
    void anyBytesAreAFileOfOursOrAWavException(byte[] file) {
        WavRepair.Layout layout;
        try {
            layout = WavRepair.layout(ByteBuffer.wrap(Arrays.copyOf(file, Math.min(file.length, 58))), file.length);
        } catch (WavException e) {
            assertThat(e.field()).isNotBlank();
            assertThat(e.allowed()).isNotBlank();
            return;
        }
        assertThat(layout.headerBytes()).isIn(44, 58);
        assertThat(layout.frames()).isNotNegative();
        assertThat(layout.rate()).isPositive();
        assertThat(layout.headerBytes() + layout.dataBytes()).isLessThanOrEqualTo(file.length);
    }
}
