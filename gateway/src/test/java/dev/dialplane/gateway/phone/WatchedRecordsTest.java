package dev.dialplane.gateway.phone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.gateway.records.CallRecords;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WatchedRecordsTest {
    private final List<String> sent = new ArrayList<>();
    private final List<String> seen = new ArrayList<>();
    private final WatchedRecords records = new WatchedRecords(new CallRecords() {
        @Override
        public boolean wantsPartials() {
            return false;
        }

        @Override
        public void record(String type, String callId, long unixMs, String data) {
            sent.add(type);
        }
    });

    @Test
    void whoLooksAtACallSeesThatOneAndPartialsToo() {
        Runnable end = records.watch("CA1", (type, data) -> seen.add(type));
        assertThat(records.wantsPartials()).isTrue();
        record("turn", "CA1");
        record("partial", "CA1");
        record("turn", "CA12");
        end.run();
        record("ended", "CA1");

        assertThat(seen).containsExactly("dev.dialplane.call.turn", "dev.dialplane.call.partial");
        assertThat(records.wantsPartials()).isFalse();
        assertThat(records.watchers()).isZero();
    }

    @Test
    void recordsGoWhereTheyWouldGoAnywayAndPartialsOnlyIfTheyAreWantedThere() {
        records.watch("CA1", (type, data) -> {});
        record("turn", "CA1");
        record("partial", "CA1");
        record("ended", "CA2");

        assertThat(sent).containsExactly("dev.dialplane.call.turn", "dev.dialplane.call.ended");
    }

    private void record(String type, String call) {
        records.record("dev.dialplane.call." + type, "id", 0, "{\"carrierCallId\":\"" + call + "\",\"x\":1}");
    }
}
