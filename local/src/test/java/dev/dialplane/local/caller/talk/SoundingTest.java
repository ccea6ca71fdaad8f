package dev.dialplane.local.caller.talk;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SoundingTest {
    private final Sounding sounding = new Sounding();

    @Test
    void speechSoundsAndSilenceDoesNot() {
        assertThat(sounding.hear(0, 0, -127)).isFalse();
        assertThat(sounding.hear(20, 160, -30)).isTrue();
        assertThat(sounding.hear(40, 0, -127)).isFalse();
    }

    @Test
    void aPauseInsideAStreamThatGoesOnSoundsForASecond() {
        sounding.hear(0, 160, -30);
        assertThat(sounding.hear(980, 160, -60)).isTrue();
        assertThat(sounding.hear(1_000, 160, -60)).isFalse();
    }

    @Test
    void comfortNoiseAloneIsNotTheAgent() {
        assertThat(sounding.hear(5_000, 160, -60)).isFalse();
    }
}
