package dev.dialplane.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamespaceLimitTest {

    @ParameterizedTest
    @CsvSource({
        // max, others, limit, annotated, most
        "   10,      0,  3000,     false,   10",
        " 5000,      0,  3000,     false, 3000",
        " 5000,   2900,  3000,     false,  100",
        " 5000,   4000,  3000,     false,    0",
        " 5000,   2900,  3000,      true, 5000",
        "  100,      0,    20,     false,   20",
        "  100,     15,    20,     false,    5",
        // Who writes pools writes annotations, too.
        "  100,     15,    20,      true,    5",
        " 5000,      0,  9000,     false, 3000",
    })
    void aNamespaceHasNoMoreThanItMay(int max, int others, int limit, boolean annotated, int most) {
        assertThat(NamespaceLimit.most(max, others, limit, annotated)).isEqualTo(most);
    }
}
