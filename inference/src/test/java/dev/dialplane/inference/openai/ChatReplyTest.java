package dev.dialplane.inference.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dialplane.contracts.inference.v1.Action;
import dev.dialplane.contracts.inference.v1.ActionKind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatReplyTest {
    private final ChatReply reply = new ChatReply();

    @Test
    void textComesAsItCame() throws Exception {
        assertThat(text("We ", "are", " open.")).isEqualTo("We |are| open.");
        assertThat(reply.finished()).isFalse();
        assertThat(reply.outputTokens()).as("pieces, as long as nobody counts").isEqualTo(3);
        reply.read("{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}");
        reply.read("{\"choices\":[],\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":5}}");
        assertThat(reply.finished()).isTrue();
        assertThat(reply.truncated()).isFalse();
        assertThat(reply.inputTokens()).isEqualTo(12);
        assertThat(reply.outputTokens()).isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            nullValues = "",
            value = {
                "<think>hm</think>Yes.; Yes.",
                "<th~ink>h~m</thi~nk>~ Ye~s.; Ye|s.",
                "~ <think>~</think>~No.; No.",
                "<b>Yes; <b>Yes",
                "<~ 3 you; < 3 you",
                "I <think> so; I <think> so",
                "I ~<think>so</think>; I |<think>so</think>",
            })
    void whatAModelThinksToItselfIsNotSpoken(String chunks, String spoken) throws Exception {
        assertThat(text(chunks.strip().split("~"))).isEqualTo(spoken.strip());
    }

    @Test
    void whatLookedLikeTheBeginningOfAThoughtIsGivenAtTheEnd() throws Exception {
        assertThat(text("<thi")).isEmpty();
        assertThat(reply.rest()).isEqualTo("<thi");
        assertThat(text("nk>never ended")).isEmpty();
        assertThat(reply.rest()).isEmpty();
    }

    @Test
    void functionsComeInPieces() throws Exception {
        reply.read(function(0, "\"name\":\"transfer\",\"arguments\":\"{\\\"tar\""));
        reply.read(function(1, "\"name\":\"hang_up\",\"arguments\":\"\""));
        reply.read(function(0, "\"arguments\":\"get\\\":\\\"desk\\\"}\""));
        reply.read(function(2, "\"name\":\"launch\",\"arguments\":\"{}\""));

        assertThat(reply.actions(List.of("desk")))
                .extracting(Action::getKind, Action::getTarget)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(ActionKind.ACTION_KIND_TRANSFER, "desk"),
                        org.assertj.core.groups.Tuple.tuple(ActionKind.ACTION_KIND_HANG_UP, ""));
        assertThat(reply.actions(List.of("elsewhere")))
                .as("nobody is put through to whom the pool does not name")
                .extracting(Action::getKind)
                .containsExactly(ActionKind.ACTION_KIND_HANG_UP);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "nonsense", "[]", "7", "{\"error\":{\"message\":\"the caller said X\"}}", "{\"choices\":"})
    void whatIsNoChunkIsSaidToBeNoneWithoutItsContent(String data) {
        assertThatThrownBy(() -> reply.read(data))
                .isInstanceOf(ChatReply.NotACompletionException.class)
                .hasMessageNotContaining("the caller said");
    }

    @Test
    void aFloodIsCutOff() {
        String chunk = chunk("x".repeat(1000));

        assertThatThrownBy(() -> {
                    for (int i = 0; i < 1000; i++) {
                        reply.read(chunk);
                    }
                })
                .isInstanceOf(ChatReply.NotACompletionException.class)
                .hasMessageContaining("16384 characters");
    }

    private String text(String... contents) throws Exception {
        StringBuilder spoken = new StringBuilder();
        for (String content : contents) {
            String piece = reply.read(chunk(content));
            if (!piece.isEmpty()) {
                spoken.append(spoken.isEmpty() ? "" : "|").append(piece);
            }
        }
        return spoken.toString();
    }

    private static String chunk(String content) {
        return "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + content + "\"},\"finish_reason\":null}]}";
    }

    private static String function(int index, String fields) {
        return "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":" + index + ",\"function\":{" + fields + "}}]}}]}";
    }
}
