package dev.dialplane.inference.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dialplane.contracts.common.v1.AgentSpec;
import dev.dialplane.contracts.common.v1.Fact;
import dev.dialplane.contracts.inference.v1.Action;
import dev.dialplane.contracts.inference.v1.DialogueTurn;
import dev.dialplane.contracts.inference.v1.GenerateRequest;
import dev.dialplane.contracts.inference.v1.Speaker;
import dev.dialplane.contracts.inference.v1.ToolCallDelta;
import dev.dialplane.inference.dialogue.ReplyDone;
import dev.dialplane.inference.dialogue.ReplyRequest;
import dev.dialplane.inference.dialogue.ReplySink;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.model.PreparedSpec;
import dev.dialplane.inference.timing.Cancellable;
import dev.dialplane.inference.timing.SystemTimers;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * Against a real server, such as llama.cpp's: {@code pip install 'llama-cpp-python[server]'}, {@code python3 -m
 * llama_cpp.server --model FILE.gguf --model_alias tiny --interrupt_requests false}, and its address in {@code
 * DIALPLANE_TEST_CHAT_SERVER}, such as {@code http://127.0.0.1:8000/v1}.
 */
@EnabledIfEnvironmentVariable(
        named = "DIALPLANE_TEST_CHAT_SERVER",
        matches = "http.*",
        disabledReason = "DIALPLANE_TEST_CHAT_SERVER names no chat server")
class ChatServerSystemIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final ChatDialogue dialogue = new ChatDialogue(
            "tiny",
            new ChatServer(URI.create(System.getenv("DIALPLANE_TEST_CHAT_SERVER")), Optional.empty()),
            new SystemTimers());

    @Test
    void itRepliesPieceByPieceAndCountsTokens() {
        dialogue.probe();

        Got got = new Got();
        dialogue.reply(asking("What is your address?", 60), got);

        await().atMost(PATIENCE).until(() -> got.done != null || got.failure != null);
        assertThat(got.failure).isNull();
        assertThat(got.pieces).hasSizeGreaterThan(3);
        // What a model of 135 million parameters says is not for this test to judge.
        assertThat(String.join("", got.pieces)).isNotBlank();
        assertThat(Objects.requireNonNull(got.done).outputTokens()).isGreaterThan(3);
    }

    @Test
    void itStopsWhenNobodyWantsTheRest() {
        Got first = new Got();
        Cancellable running = dialogue.reply(asking("Count from one to a thousand.", 1000), first);
        await().atMost(PATIENCE).until(() -> first.pieces.size() > 2);
        running.cancel();
        int heard = first.pieces.size();

        // The server has one slot: the next reply begins only when the first has ended.
        Got second = new Got();
        dialogue.reply(asking("What is your address?", 20), second);

        await().atMost(PATIENCE).until(() -> second.done != null || second.failure != null);
        assertThat(second.failure).isNull();
        assertThat(first.done).isNull();
        assertThat(first.pieces).hasSizeLessThanOrEqualTo(heard + 1);
    }

    private static ReplyRequest asking(String question, int tokens) {
        AgentSpec spec = AgentSpec.newBuilder()
                .setInstructions("You are the receptionist of City Dental.")
                .addFacts(Fact.newBuilder().setName("address").setValue("12 M G Road"))
                .build();
        GenerateRequest request = GenerateRequest.newBuilder()
                .setMaxTokens(tokens)
                .addDialogue(turn(Speaker.SPEAKER_AGENT, "Good morning, City Dental."))
                .addDialogue(turn(Speaker.SPEAKER_CALLER, question))
                .build();
        return new ReplyRequest("call", request, new PreparedSpec("hash", spec));
    }

    private static DialogueTurn turn(Speaker speaker, String text) {
        return DialogueTurn.newBuilder().setSpeaker(speaker).setText(text).build();
    }

    private static final class Got implements ReplySink {
        final List<String> pieces = new CopyOnWriteArrayList<>();
        volatile @Nullable ReplyDone done;
        volatile @Nullable ModelException failure;

        @Override
        public void text(String piece) {
            pieces.add(piece);
        }

        @Override
        public void toolCall(ToolCallDelta delta) {}

        @Override
        public void action(Action action) {}

        @Override
        public void done(ReplyDone reply) {
            done = reply;
        }

        @Override
        public void failed(ModelException reason) {
            failure = reason;
        }
    }
}
