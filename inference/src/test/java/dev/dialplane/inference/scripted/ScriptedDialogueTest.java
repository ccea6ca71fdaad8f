package dev.dialplane.inference.scripted;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.contracts.common.v1.AgentSpec;
import dev.dialplane.contracts.inference.v1.Action;
import dev.dialplane.contracts.inference.v1.ActionKind;
import dev.dialplane.contracts.inference.v1.DialogueTurn;
import dev.dialplane.contracts.inference.v1.GenerateRequest;
import dev.dialplane.contracts.inference.v1.Speaker;
import dev.dialplane.contracts.inference.v1.ToolCallDelta;
import dev.dialplane.inference.dialogue.ReplyDone;
import dev.dialplane.inference.dialogue.ReplyRequest;
import dev.dialplane.inference.dialogue.ReplySink;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.model.PreparedSpec;
import dev.dialplane.inference.scripted.Script.ReplyScript;
import dev.dialplane.inference.timing.Cancellable;
import dev.dialplane.inference.timing.ManualTimers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ScriptedDialogueTest {
    private static final String SCRIPT = """
            languageModel:
              script:
                firstPiece: 100ms
                betweenPieces: 10ms
                replies:
                  - say: one two
                  - {pieces: ["a b", " c"], firstPiece: 5ms}
                  - {say: never ends, stallAfter: 1}
                  - {say: hello, error: {kind: TooSlow, milliseconds: 7}}
                  - {say: bye, action: {kind: HangUp}}
                  - {say: dialing, action: {kind: SendDigits, digits: 12w#}}
            """;

    private final ManualTimers timers = new ManualTimers();
    private ReplyScript script = script(SCRIPT);
    private final ScriptedDialogue dialogue = new ScriptedDialogue("script", () -> script, timers);

    private static ReplyScript script(String yaml) {
        return Objects.requireNonNull(
                ScriptReader.read("test", yaml.getBytes(UTF_8)).languageModel().get("script"));
    }

    @Test
    void piecesComeAtTheirTimes() {
        Got got = reply(1);
        pass(99);
        assertThat(got.log).isEmpty();
        pass(1);
        assertThat(got.log).containsExactly("one ");
        pass(10);
        assertThat(got.log).containsExactly("one ", "two", "done");
    }

    @Test
    void theCallersNthTurnGetsTheNthReply() {
        Got got = reply(2);
        pass(100);
        assertThat(got.log).containsExactly("a b", " c", "done");
        Got again = reply(8);
        pass(100);
        assertThat(again.log).containsExactly("a b", " c", "done");
    }

    @Test
    void aReplyThatStallsForAWhileIsSaidToItsEndAfterIt() {
        script = script("languageModel: {script: {replies: [{say: one two three, stallAfter: 1, stallFor: 3s}]}}");
        Got got = reply(1);
        pass(2999);
        assertThat(got.log).containsExactly("one ");
        pass(1);
        assertThat(got.log).containsExactly("one ", "two ", "three", "done");
    }

    /** Or the reply that calls a tool would call it again and again. */
    @Test
    void aToolsResultGetsTheNextReply() {
        DialogueTurn caller =
                DialogueTurn.newBuilder().setSpeaker(Speaker.SPEAKER_CALLER).build();
        DialogueTurn tool =
                DialogueTurn.newBuilder().setSpeaker(Speaker.SPEAKER_TOOL).build();

        assertThat(ScriptedDialogue.turn(List.of(caller))).isZero();
        assertThat(ScriptedDialogue.turn(List.of(caller, tool))).isEqualTo(1);
    }

    @Test
    void aStallNeverEnds() {
        Got got = reply(3);
        pass(3_600_000);
        assertThat(got.log).containsExactly("never ");
        assertThat(timers.waiting()).isZero();
    }

    @Test
    void anErrorAndAnActionComeAfterTheWords() {
        Got error = reply(4);
        Got action = reply(5);
        pass(200);
        assertThat(error.log).containsExactly("hello", "DEADLINE_EXCEEDED");
        assertThat(action.log).containsExactly("bye", ActionKind.ACTION_KIND_HANG_UP.name(), "done");
        Got dialing = reply(6);
        pass(200);
        assertThat(dialing.log).containsExactly("dialing", ActionKind.ACTION_KIND_SEND_DIGITS.name() + "12w#", "done");
    }

    @Test
    void aCancelledReplyIsSilentAtOnceAndLeavesNoTimer() {
        Got got = reply(1);
        pass(100);
        got.handle.cancel();
        assertThat(timers.waiting()).isZero();
        pass(1000);
        assertThat(got.log).containsExactly("one ");
    }

    private Got reply(int callerTurns) {
        GenerateRequest.Builder request = GenerateRequest.newBuilder();
        for (int i = 0; i < callerTurns; i++) {
            request.addDialogue(DialogueTurn.newBuilder().setSpeaker(Speaker.SPEAKER_CALLER));
            request.addDialogue(DialogueTurn.newBuilder().setSpeaker(Speaker.SPEAKER_AGENT));
        }
        Got got = new Got();
        got.handle = dialogue.reply(
                new ReplyRequest("call", request.build(), new PreparedSpec("h", AgentSpec.getDefaultInstance())), got);
        return got;
    }

    private void pass(int millis) {
        timers.pass(Duration.ofMillis(millis));
    }

    private static final class Got implements ReplySink {
        final List<String> log = new ArrayList<>();
        Cancellable handle = Cancellable.NOTHING;

        @Override
        public void text(String piece) {
            log.add(piece);
        }

        @Override
        public void toolCall(ToolCallDelta delta) {
            log.add(delta.getName());
        }

        @Override
        public void action(Action action) {
            log.add(action.getKind().name() + action.getDigits());
        }

        @Override
        public void done(ReplyDone done) {
            log.add("done");
        }

        @Override
        public void failed(ModelException failure) {
            log.add(failure.code().name());
        }
    }
}
