package dev.dialplane.inference.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServerEventsTest {
    private static final String STREAM =
            ": a comment\nevent: x\ndata: one\n\ndata:two\r\ndata:  three\r\n\r\ndata\n\nid: 7\n\ndata: ä€\r\rdata: cut";

    @Test
    void theEventsAreTheSameHoweverTheBytesCome() throws Exception {
        byte[] bytes = STREAM.getBytes(UTF_8);
        for (int size = 1; size <= bytes.length; size++) {
            ServerEvents events = new ServerEvents();
            List<String> all = new ArrayList<>();
            for (int from = 0; from < bytes.length; from += size) {
                byte[] chunk = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + size));
                all.addAll(events.read(chunk, chunk.length));
            }
            assertThat(all).as("in chunks of %s", size).containsExactly("one", "two\n three", "", "ä€");
        }
    }

    @Test
    void anEventThatNeverEndsIsRefused() {
        ServerEvents line = new ServerEvents();
        ServerEvents lines = new ServerEvents();
        byte[] chunk = "x".repeat(1000).getBytes(UTF_8);
        byte[] data = ("data: " + "x".repeat(1000) + "\n").getBytes(UTF_8);

        assertThatThrownBy(() -> {
                    for (int i = 0; i < 1000; i++) {
                        line.read(chunk, chunk.length);
                    }
                })
                .isInstanceOf(ServerEvents.TooLargeException.class);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 1000; i++) {
                        lines.read(data, data.length);
                    }
                })
                .isInstanceOf(ServerEvents.TooLargeException.class);
    }

    @FuzzTest(maxDuration = "5m")
    void anyBytesAreAReplyOrNone(byte[] bytes) {
        ServerEvents events = new ServerEvents();
        ChatReply reply = new ChatReply();
        try {
            for (String data : events.read(bytes, bytes.length)) {
                reply.read(data);
            }
            reply.rest();
            reply.actions(List.of("desk"));
        } catch (ServerEvents.TooLargeException | ChatReply.NotACompletionException e) {
            assertThat(e).hasMessageNotContaining("\n");
        }
    }
}
