package dev.dialplane.agent.hearing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PcmRingTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 100, 128, 8000})
    void keepsAtLeastItsCapacity(int capacity) {
        PcmRing ring = new PcmRing(capacity);
        add(ring, 5 * capacity, 7);

        assertThat(ring.end()).isEqualTo(5L * capacity);
        assertThat(ring.end() - ring.start()).isBetween((long) capacity, 2L * capacity + 2);
        assertThat(copy(ring, ring.end() - capacity, capacity)).isEqualTo(counted(4 * capacity, capacity));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 128, 300, 1000})
    void keepsTheNewestHoweverTheyCome(int block) {
        PcmRing ring = new PcmRing(128);
        add(ring, 1000, block);

        assertThat(copy(ring, 872, 128)).isEqualTo(counted(872, 128));
    }

    @ParameterizedTest
    @CsvSource({"871, 1", "1000, 1", "999, 2", "870, 130", "-1, 1"})
    void whatIsNotKeptIsNotGiven(long from, int count) {
        PcmRing ring = new PcmRing(128);
        add(ring, 1000, 160);

        assertThatThrownBy(() -> copy(ring, from, count)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    private static void add(PcmRing ring, int total, int block) {
        short[] all = counted(0, total);
        for (int at = 0; at < total; at += block) {
            ring.add(all, at, Math.min(block, total - at));
        }
    }

    private static short[] copy(PcmRing ring, long from, int count) {
        short[] target = new short[count];
        ring.copy(from, target, 0, count);
        return target;
    }

    private static short[] counted(int from, int count) {
        short[] samples = new short[count];
        for (int i = 0; i < count; i++) {
            samples[i] = (short) (from + i);
        }
        return samples;
    }
}
