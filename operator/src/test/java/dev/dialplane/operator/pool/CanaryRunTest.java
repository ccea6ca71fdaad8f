package dev.dialplane.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.crds.pool.VoiceAgentPoolStatus.CanaryPhase;
import dev.dialplane.operator.pool.CanaryRule.Terms;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CanaryRunTest {

    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final Terms TERMS = new Terms(Duration.ofMinutes(10), 2, 0.02, Duration.ofSeconds(10));

    @Test
    void callsCountForTheRevisionThatHadThem() {
        CanaryRun run = CanaryRun.begun("new", NOW)
                .with("new", true)
                .with("old", false)
                .with("older", true)
                .with("new", false);
        assertThat(run.fresh()).isEqualTo(new Tally(2, 1));
        assertThat(run.older()).isEqualTo(new Tally(2, 1));
    }

    @Test
    void aRunThatDidWellIsPromotedAndStaysSo() {
        CanaryRun run = CanaryRun.begun("new", NOW).with("new", false).with("new", false);
        assertThat(run.judged(TERMS, NOW.plusSeconds(599)).phase()).isEqualTo(CanaryPhase.Running);
        CanaryRun promoted = run.judged(TERMS, NOW.plusSeconds(600));
        assertThat(promoted.phase()).isEqualTo(CanaryPhase.Promoted);
        for (int i = 0; i < 50; i++) {
            promoted = promoted.with("new", true).judged(TERMS, NOW.plusSeconds(700));
        }
        assertThat(promoted.phase()).isEqualTo(CanaryPhase.Promoted);
        assertThat(promoted.fresh()).as("what decided").isEqualTo(new Tally(2, 0));
    }

    @Test
    void aRunThatDidBadlyIsTakenBackAtOnceAndSaysWhy() {
        CanaryRun run = CanaryRun.begun("7c9f", NOW);
        for (int i = 0; i < 50; i++) {
            run = run.with("old", false);
        }
        for (int i = 0; i < 3; i++) {
            run = run.with("7c9f", true);
        }
        run = run.judged(TERMS, NOW.plusSeconds(30));
        assertThat(run.takenBack()).isTrue();
        assertThat(run.reason()).contains("7c9f", "3 of 3", "0 of 50", "spec.runtime");
    }

    @ParameterizedTest
    @EnumSource(CanaryPhase.class)
    void theStatusTellsAllThatTheNextOperatorNeeds(CanaryPhase phase) {
        CanaryRun run = new CanaryRun("new", phase, NOW, new Tally(7, 2), new Tally(60, 1));
        assertThat(CanaryRun.told("new", run.toStatus())).isEqualTo(run);
    }
}
