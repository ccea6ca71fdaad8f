package dev.dialplane.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;
import static org.quicktheories.QuickTheory.qt;
import static org.quicktheories.generators.SourceDSL.integers;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class G711Test {
    /**
     * The tables of G.711, written down as the recommendation does: columns 1 and 2 of tables 1a and 2a give how many
     * intervals of which size follow one another; decision values are their sums, output values the interval's middle.
     */
    private static final class Tables {
        final int[] decisions = new int[129];
        final int unit;
        final G711 law;

        Tables(G711 law) {
            this.law = law;
            unit = law == G711.MU_LAW ? 4 : 8;
            int[][] intervals = law == G711.MU_LAW
                    ? new int[][] {{1, 1}, {15, 2}, {16, 4}, {16, 8}, {16, 16}, {16, 32}, {16, 64}, {16, 128}, {16, 256}
                    }
                    : new int[][] {{32, 2}, {16, 4}, {16, 8}, {16, 16}, {16, 32}, {16, 64}, {16, 128}};
            int n = 0;
            for (int[] row : intervals) {
                for (int i = 0; i < row[0]; i++) {
                    decisions[n + 1] = decisions[n] + row[1];
                    n++;
                }
            }
            assertThat(n).isEqualTo(128);
        }

        /** The number of the interval that a magnitude in units of 16-bit steps lies in. */
        int interval(int magnitude) {
            int n = 0;
            while (n < 127 && magnitude >= decisions[n + 1] * unit) {
                n++;
            }
            return n;
        }

        /** Note 3 of the tables: the character is 128 + n for positive values; then the line's inversions. */
        int character(boolean negative, int n) {
            int word = negative ? n : 128 + n;
            return law == G711.MU_LAW ? word ^ 0b0111_1111 : word ^ 0b0101_0101;
        }

        int output(int n) {
            int doubled = law == G711.MU_LAW && n == 0 ? 0 : decisions[n] + decisions[n + 1];
            return doubled * unit / 2;
        }
    }

    @ParameterizedTest
    @EnumSource
    void everySampleIsEncodedByTheTables(G711 law) {
        Tables tables = new Tables(law);
        for (int x = Short.MIN_VALUE; x <= Short.MAX_VALUE; x++) {
            // On a decision value the tables leave the choice; G.191 mirrors x to ~x, which is 1 below its magnitude.
            int expected = tables.character(x < 0, tables.interval(x < 0 ? -x - 1 : x));
            assertThat(law.encode((short) x) & 0xFF).as("%s of %d", law, x).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyCharacterIsDecodedByTheTables(G711 law) {
        Tables tables = new Tables(law);
        for (int n = 0; n < 128; n++) {
            assertThat(law.decode((byte) tables.character(false, n))).isEqualTo((short) tables.output(n));
            assertThat(law.decode((byte) tables.character(true, n))).isEqualTo((short) -tables.output(n));
        }
    }

    @ParameterizedTest
    @EnumSource
    void theErrorIsAtMostHalfAnInterval(G711 law) {
        Tables tables = new Tables(law);
        int end = tables.decisions[128] * tables.unit;
        for (int x = -end; x < Math.min(end, Short.MAX_VALUE); x++) {
            int n = tables.interval(x < 0 ? -x - 1 : x);
            int interval = (tables.decisions[n + 1] - tables.decisions[n]) * tables.unit;
            // The first of µ-law is one half of an interval around zero.
            int most = law == G711.MU_LAW && n == 0 ? interval : interval / 2;
            assertThat(Math.abs(x - law.decode(law.encode((short) x))))
                    .as("error at %d", x)
                    .isLessThanOrEqualTo(most);
        }
    }

    @ParameterizedTest
    @CsvSource({"MU_LAW, 32124", "A_LAW, 32256"})
    void whatIsTooLoudIsClipped(G711 law, short loudest) {
        assertThat(law.decode(law.encode(Short.MAX_VALUE))).isEqualTo(loudest);
        assertThat(law.decode(law.encode(Short.MIN_VALUE))).isEqualTo((short) -loudest);
    }

    @ParameterizedTest
    @EnumSource
    void decodedSamplesEncodeToThemselves(G711 law) {
        for (int code = 0; code < 256; code++) {
            short value = law.decode((byte) code);
            assertThat(law.decode(law.encode(value))).isEqualTo(value);
            if (law == G711.A_LAW || code != 0x7F) {
                assertThat(law.encode(value)).isEqualTo((byte) code);
            }
        }
        // µ-law has two zeros; the encoder uses the positive one.
        assertThat(G711.MU_LAW.decode((byte) 0x7F)).isZero();
        assertThat(G711.MU_LAW.encode((short) 0)).isEqualTo((byte) 0xFF);
    }

    @ParameterizedTest
    @EnumSource
    void mirroredSamplesDifferInTheSignBitAlone(G711 law) {
        for (int x = 0; x <= Short.MAX_VALUE; x++) {
            assertThat((law.encode((short) ~x) ^ law.encode((short) x)) & 0xFF).isEqualTo(0x80);
        }
    }

    @ParameterizedTest
    @EnumSource
    void decodingKeepsTheOrderOfSamples(G711 law) {
        short last = law.decode(law.encode(Short.MIN_VALUE));
        for (int x = Short.MIN_VALUE; x <= Short.MAX_VALUE; x++) {
            short value = law.decode(law.encode((short) x));
            assertThat(value).isGreaterThanOrEqualTo(last);
            last = value;
        }
    }

    /**
     * The 1 kHz test sequence of tables 5 and 6 of G.711: a sine of 0 dBm0 when it is repeated at 8 kHz.
     * Overload is at 3.14 dBm0 of A-law, which is full scale, and at 3.17 of µ-law, which is 8,159 of 8,192.
     */
    @ParameterizedTest
    @CsvSource({"A_LAW, 34 21 21 34 b4 a1 a1 b4, -6.15", "MU_LAW, 1e 0b 0b 1e 9e 8b 8b 9e, -6.215"})
    void theDigitalMilliwattIsAtItsLevel(G711 law, String hex, double dBov) {
        byte[] sequence = HexFormat.ofDelimiter(" ").parseHex(hex);
        short[] samples = new short[8];
        law.decode(sequence, 0, samples, 0, 8);
        assertThat(Level.dBov(samples)).isCloseTo(dBov, offset(0.02));
    }

    @Test
    void blocksAreCodedAsTheirSamplesAreAndNothingElseIsTouched() {
        qt().withExamples(200)
                .forAll(
                        integers().between(0, 400),
                        integers().between(0, 9),
                        integers().between(0, 9),
                        integers().all())
                .checkAssert((count, from, to, seed) -> {
                    Random random = new Random(seed);
                    for (G711 law : G711.values()) {
                        short[] linear = new short[from + count + 5];
                        for (int i = 0; i < linear.length; i++) {
                            linear[i] = (short) random.nextInt();
                        }
                        byte[] coded = new byte[to + count + 5];
                        Arrays.fill(coded, (byte) 0x33);
                        law.encode(linear, from, coded, to, count);
                        short[] back = new short[linear.length];
                        Arrays.fill(back, (short) 77);
                        law.decode(coded, to, back, from, count);
                        for (int i = 0; i < coded.length; i++) {
                            boolean inside = i >= to && i < to + count;
                            assertThat(coded[i]).isEqualTo(inside ? law.encode(linear[i - to + from]) : 0x33);
                        }
                        for (int i = 0; i < back.length; i++) {
                            boolean inside = i >= from && i < from + count;
                            assertThat(back[i]).isEqualTo(inside ? law.decode(law.encode(linear[i])) : (short) 77);
                        }
                    }
                });
    }

    @Test
    void aRangeOutsideItsArrayIsRefused() {
        assertThatThrownBy(() -> G711.A_LAW.encode(new short[10], 5, new byte[10], 0, 6))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> G711.A_LAW.decode(new byte[10], 0, new short[10], 5, 6))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @ParameterizedTest
    @EnumSource
    void silenceIsTheCharacterOfZero(G711 law) {
        assertThat(law.silence()).isEqualTo(law.encode((short) 0));
        assertThat(law.decode(law.silence())).isEqualTo((short) (law == G711.MU_LAW ? 0 : 8));
    }
}
