package dev.dialplane.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class L16Test {
    private static final short[] SAMPLES = {0, 1, -1, 0x1234, Short.MIN_VALUE, Short.MAX_VALUE};

    @Test
    void theLowByteComesFirst() {
        assertThat(L16.LITTLE_ENDIAN.encode(new short[] {0x1234, -2}))
                .containsExactly((byte) 0x34, (byte) 0x12, (byte) 0xFE, (byte) 0xFF);
    }

    @Test
    void whatIsDecodedIsWhatWasEncoded() {
        byte[] coded = L16.LITTLE_ENDIAN.encode(SAMPLES);
        assertThat(L16.LITTLE_ENDIAN.decode(coded)).isEqualTo(SAMPLES);

        short[] part = new short[4];
        L16.LITTLE_ENDIAN.decode(coded, 6, part, 1, 2);
        assertThat(part).containsExactly((short) 0, (short) 0x1234, Short.MIN_VALUE, (short) 0);
    }

    @Test
    void halfASampleAtTheEndIsDropped() {
        assertThat(L16.LITTLE_ENDIAN.decode(new byte[5])).hasSize(2);
    }

    @Test
    void nothingIsWrittenOutsideOfAnArray() {
        byte[] coded = {7, 7, 7};
        assertThatThrownBy(() -> L16.LITTLE_ENDIAN.encode(SAMPLES, 0, coded, 0, 2))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(coded).containsOnly(7);
        short[] samples = {7, 7};
        assertThatThrownBy(() -> L16.LITTLE_ENDIAN.decode(new byte[6], 0, samples, 0, 3))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(samples).containsOnly((short) 7);
    }
}
