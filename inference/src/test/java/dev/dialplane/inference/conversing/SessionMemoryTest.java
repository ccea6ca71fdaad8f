package dev.dialplane.inference.conversing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.dialplane.contracts.inference.v1.DialogueTurn;
import dev.dialplane.contracts.inference.v1.Speaker;
import dev.dialplane.inference.failure.ModelException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SessionMemoryTest {
    private final SessionMemory memory = new SessionMemory(List.of(), ByteString.EMPTY);

    @Test
    void aTurnCountsOnceSomethingOfTheResponseIsPlayed() {
        memory.heard("When are you open?");
        Utterance reply = saying("From nine to six.");
        assertThat(memory.turns()).isEmpty();
        assertThat(texts(memory.withOpen())).containsExactly("When are you open?");

        memory.commit(reply);

        assertThat(texts(memory.turns())).containsExactly("When are you open?", "From nine to six.");
        assertThat(memory.open()).isEmpty();
    }

    @Test
    void whatWasNotPlayedIsCutAtAWord() {
        Utterance reply = saying("From nine to six.", "On Sundays we are closed.");
        memory.commit(reply);

        memory.played(reply, 1250);

        DialogueTurn turn = memory.turns().getFirst();
        assertThat(turn.getText()).isEqualTo("From nine to six. On");
        assertThat(turn.getNotHeard()).isEqualTo("Sundays we are closed.");
        assertThat(turn.getInterrupted()).isTrue();
    }

    @Test
    void aWordCountsAtItsVeryEnd() {
        Utterance reply = saying("From nine to six.");
        memory.commit(reply);
        memory.played(reply, 499);
        assertThat(memory.turns().getFirst().getText()).isEqualTo("From");
        memory.played(reply, 500);
        assertThat(memory.turns().getFirst().getText()).isEqualTo("From nine");
    }

    @Test
    void whatNobodyHeardIsNoTurn() {
        Utterance reply = saying("From nine to six.");
        memory.commit(reply);
        memory.played(reply, 0);
        assertThat(memory.turns()).isEmpty();
    }

    @Test
    void aClauseThatIsNotSpokenYetIsNotHeard() {
        Utterance reply = saying("From nine to six.");
        reply.says("On Sundays we are closed.");
        memory.commit(reply);
        memory.played(reply, 9000);
        assertThat(memory.turns().getFirst().getText()).isEqualTo("From nine to six.");
    }

    @Test
    void ofAClauseThatIsBeingSpokenTheHeardWordsAreEstimated() {
        Utterance reply = saying("From nine to six.");
        reply.says("On Sundays we are closed.");
        reply.sounds(1900);
        memory.commit(reply);
        memory.played(reply, 1700);
        assertThat(memory.turns().getFirst().getText()).isEqualTo("From nine to six. On Sundays");
        memory.played(reply, 9000);
        assertThat(memory.turns().getFirst().getText())
                .as("no more than there is")
                .isEqualTo("From nine to six. On Sundays we");
    }

    @Test
    void anInterruptionThatWasNoneIsHeardToItsEnd() {
        Utterance reply = saying("From nine to six.");
        memory.commit(reply);
        memory.played(reply, 300);
        memory.playedWhole(reply);
        assertThat(memory.turns().getFirst().getText()).isEqualTo("From nine to six.");
        assertThat(memory.turns().getFirst().getInterrupted()).isFalse();
    }

    @Test
    void keysFollowTheWords() {
        memory.heard("My number is");
        for (String key : List.of("4", "*", "2", "#")) {
            memory.key(key);
        }
        assertThat(memory.open()).isEqualTo("My number is 4 star 2");
        memory.forget();
        assertThat(memory.open()).isEmpty();
    }

    @Test
    void aResponseToSomethingElseLeavesTheTurnOpen() {
        memory.heard("Hello?");
        Utterance result = new Utterance(false);
        result.says("It ships today.");
        memory.commit(result);
        assertThat(texts(memory.turns())).containsExactly("It ships today.");
        assertThat(memory.open()).isEqualTo("Hello?");
    }

    @Test
    void theDialogueModelsStateIsThatOfWhatCounts() {
        Utterance dropped = saying("Never said.");
        memory.made(dropped, ByteString.copyFromUtf8("dropped"));
        assertThat(memory.state()).isEmpty();
        Utterance reply = saying("Said.");
        memory.commit(reply);
        memory.made(reply, ByteString.copyFromUtf8("said"));
        assertThat(memory.state().toStringUtf8()).isEqualTo("said");
    }

    @Test
    void aTokenHoldsWhatAnotherSessionNeeds() {
        memory.heard("When are you open?");
        Utterance reply = saying("From nine to six.");
        memory.made(reply, ByteString.copyFromUtf8("state"));

        ResumeToken read = ResumeToken.of(memory.after(reply).toString());

        assertThat(texts(read.turns())).containsExactly("When are you open?", "From nine to six.");
        assertThat(read.turns().getFirst().getSpeaker()).isEqualTo(Speaker.SPEAKER_CALLER);
        assertThat(read.state().toStringUtf8()).isEqualTo("state");
        assertThat(memory.turns()).as("nothing of it was played").isEmpty();
    }

    @Test
    void whatIsNoTokenIsRefused() {
        assertThat(ResumeToken.of("")).isEqualTo(ResumeToken.EMPTY);
        for (String odd : List.of("not base64!", "////", "Zm9v", "A".repeat(600_000))) {
            assertThatThrownBy(() -> ResumeToken.of(odd))
                    .isInstanceOf(ModelException.class)
                    .hasMessageStartingWith("start.resume_token is");
        }
    }

    @Test
    void theOldestTurnsAreForgotten() {
        for (int i = 0; i < SessionMemory.MOST_TURNS + 5; i++) {
            memory.know(DialogueTurn.newBuilder()
                    .setSpeaker(Speaker.SPEAKER_CALLER)
                    .setText("turn " + i)
                    .build());
        }
        assertThat(memory.turns()).hasSize(SessionMemory.MOST_TURNS);
        assertThat(memory.turns().getFirst().getText()).isEqualTo("turn 5");
        assertThat(memory.token().turns()).hasSize(40);
    }

    /** An answer to the turn at hand, of which every word takes 250 ms. */
    private static Utterance saying(String... clauses) {
        Utterance utterance = new Utterance(true);
        long at = 0;
        for (int i = 0; i < clauses.length; i++) {
            utterance.says(clauses[i]);
            List<Utterance.Word> words = new java.util.ArrayList<>();
            for (String word : clauses[i].split(" ")) {
                at += 250;
                words.add(new Utterance.Word(word, at));
            }
            utterance.spoken(i, words, at);
        }
        return utterance;
    }

    private static List<String> texts(List<DialogueTurn> turns) {
        return turns.stream().map(DialogueTurn::getText).toList();
    }
}
