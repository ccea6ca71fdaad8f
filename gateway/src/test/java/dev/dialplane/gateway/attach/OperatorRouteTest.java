package dev.dialplane.gateway.attach;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class OperatorRouteTest {

    @Test
    void theAddressThatWasTriedLastIsTriedLast() {
        assertThat(OperatorRoute.order(List.of("a", "b", "c"), "a")).containsExactly("b", "c", "a");
        assertThat(OperatorRoute.order(List.of("b", "a", "c"), "a")).containsExactly("b", "c", "a");
    }

    @Test
    void addressesThatAreNewAreTriedInTheOrderOfTheName() {
        assertThat(OperatorRoute.order(List.of("a", "b"), null)).containsExactly("a", "b");
        assertThat(OperatorRoute.order(List.of("a", "b"), "gone")).containsExactly("a", "b");
        assertThat(OperatorRoute.order(List.of("a"), "a")).containsExactly("a");
    }
}
