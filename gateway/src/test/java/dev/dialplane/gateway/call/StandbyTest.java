package dev.dialplane.gateway.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.contracts.agent.v1.Checkpoint;
import dev.dialplane.contracts.agent.v1.ConverseRequest;
import dev.dialplane.contracts.agent.v1.Dtmf;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What another agent is told, as lines of text: the media time, and a frame's first byte or a key. */
class StandbyTest {
    private final Standby standby = new Standby();

    private void frame(int number, boolean answered) {
        standby.keep(number * 20L, new byte[] {(byte) number, 7}, number % 2 == 1, answered);
    }

    private void key(int number, String digit) {
        standby.keep(
                ConverseRequest.newBuilder()
                        .setDtmf(Dtmf.newBuilder().setDigit(digit).setMediaTimeMs(number * 20L))
                        .build(),
                true);
    }

    private List<String> replayed() {
        List<String> told = new ArrayList<>();
        standby.replayTo(new Standby.Listener() {
            @Override
            public void audio(long mediaTime, byte[] payload, boolean concealed) {
                assertThat(payload).hasSize(2).endsWith(7);
                told.add(mediaTime + (concealed ? " made " : " ") + payload[0]);
                payload[0] = 99;
            }

            @Override
            public void send(ConverseRequest key) {
                told.add(
                        key.getDtmf().getMediaTimeMs() + " key " + key.getDtmf().getDigit());
            }
        });
        return told;
    }

    @Test
    void framesAndKeysAreReplayedInOrderAndKept() {
        frame(1, true);
        key(2, "5");
        frame(2, true);
        assertThat(replayed()).containsExactly("20 made 1", "40 key 5", "40 2");
        assertThat(replayed()).as("to another one").containsExactly("20 made 1", "40 key 5", "40 2");
    }

    @Test
    void whatACheckpointHoldsIsForgotten() {
        IntStream.range(0, 10).forEach(number -> frame(number, true));
        standby.checkpoint(Checkpoint.newBuilder().setMediaTimeMs(160).build());
        assertThat(replayed()).containsExactly("160 8", "180 made 9");
    }

    @Test
    void ofMoreThanTenSecondsTheOldestGo() {
        key(0, "1");
        IntStream.range(0, 1_234).forEach(number -> frame(number, true));
        assertThat(replayed()).hasSize(500).startsWith("14680 -34").endsWith("24660 made -47");
    }

    @Test
    void beforeAnAgentHasAnsweredThreeSecondsAreKept() {
        IntStream.range(0, 200).forEach(number -> frame(number, false));
        assertThat(replayed()).hasSize(150).startsWith("1000 50");
        frame(200, true);
        assertThat(replayed()).hasSize(151);
    }

    @Test
    void afterALineOfAnotherFormatNothingOfTheFormerOneIsReplayed() {
        standby.keep(0, new byte[] {1, 2, 3}, false, true);
        frame(1, true);
        assertThat(replayed()).containsExactly("20 made 1");
    }

    @Test
    void whatIsForgottenIsNotReplayed() {
        key(0, "1");
        frame(1, true);
        standby.forget();
        assertThat(replayed()).isEmpty();
        frame(2, true);
        assertThat(replayed()).containsExactly("40 2");
    }
}
