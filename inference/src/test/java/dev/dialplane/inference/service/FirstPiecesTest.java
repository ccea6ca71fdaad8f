package dev.dialplane.inference.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.contracts.common.v1.ModelRef;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class FirstPiecesTest {
    private static final ModelRef MODEL =
            ModelRef.newBuilder().setProvider("hosted").setModel("large").build();
    private static final Duration MOST = Duration.ofSeconds(4);

    private final FirstPieces pieces = new FirstPieces();

    @Test
    void whileLittleIsKnownThePoolsLimitHolds() {
        came(FirstPieces.ENOUGH - 1, 100);

        assertThat(pieces.deadline(MODEL, MOST)).isEqualTo(MOST);
    }

    @Test
    void aQuickModelIsGivenUpSoonerThanThePoolWould() {
        came(100, 450);

        assertThat(pieces.deadline(MODEL, MOST)).isEqualTo(Duration.ofMillis(1800));
    }

    @Test
    void butNeverWithinASecond() {
        came(100, 20);

        assertThat(pieces.deadline(MODEL, MOST)).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void aSlowModelIsGivenUpWhenThePoolSaysSo() {
        came(100, 3000);

        assertThat(pieces.deadline(MODEL, MOST)).isEqualTo(MOST);
    }

    @Test
    void oneReplyInTwentyMayBeMuchLaterAndIsNotWaitedFor() {
        came(95, 300);
        came(5, 60_000);

        assertThat(pieces.deadline(MODEL, MOST)).isEqualTo(Duration.ofMillis(1200));
    }

    @Test
    void whatAModelOnceTookIsForgotten() {
        came(200, 900);
        came(200, 300);

        assertThat(pieces.deadline(MODEL, MOST)).isEqualTo(Duration.ofMillis(1200));
    }

    @Test
    void modelsAreToldApart() {
        came(100, 300);

        assertThat(pieces.deadline(MODEL.toBuilder().setModel("other").build(), MOST))
                .isEqualTo(MOST);
    }

    @Test
    void whenAllRepliesAreSlowOneInTenIsAskedForTwice() {
        int hedged = 0;
        for (int reply = 0; reply < 1000; reply++) {
            pieces.asked(MODEL);
            hedged += pieces.hedge(MODEL) ? 1 : 0;
        }

        assertThat(hedged).isBetween(100, 105);
    }

    private void came(int times, int milliseconds) {
        for (int i = 0; i < times; i++) {
            pieces.came(MODEL, milliseconds);
        }
    }
}
