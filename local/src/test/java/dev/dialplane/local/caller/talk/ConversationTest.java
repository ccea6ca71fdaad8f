package dev.dialplane.local.caller.talk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.local.caller.speech.Span;
import dev.dialplane.local.caller.speech.Utterance;
import dev.dialplane.local.caller.talk.Conversation.Patience;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** In virtual time: every 20 ms of it, as on a line. Each utterance takes 1,000 ms. */
class ConversationTest {
    private static final Patience PATIENCE = new Patience(5_000, 1, 3_000);
    private static final int WORDS_MS = 1_000;

    private final List<String> done = new ArrayList<>();

    @Test
    void waitsForTheGreetingAndForQuietAfterIt() {
        run(after(600), between(300, 2_000), 4_000);
        assertThat(done).containsExactly("2580 say 0");
    }

    @Test
    void aPauseInTheReplyIsNotItsEnd() {
        run(after(600), or(between(300, 1_000), between(1_400, 2_000)), 4_000);
        assertThat(done).containsExactly("2580 say 0");
    }

    @Test
    void goesOnOnlyAfterTheReplyToItsOwnWords() {
        // Greeting; the reply to the words of 1,100 to 2,100 begins at 2,900.
        run(Stream.of(after(600), after(600)).toList(), or(between(0, 500), between(2_900, 4_000)), 6_000);
        assertThat(done).containsExactly("1080 say 0", "4580 say 1");
    }

    @Test
    void whatWaitMsSaysIsHowLongItWaits() {
        run(after(1_500), between(0, 1_000), 4_000);
        assertThat(done).containsExactly("2480 say 0");
    }

    @Test
    void interruptsSoLongAfterTheReplyBeganAlthoughTheAgentSpeaks() {
        run(
                Stream.of(after(600), new Utterance.Interrupting(1_500)).toList(),
                or(between(0, 500), between(2_500, 9_000)),
                6_000);
        assertThat(done).containsExactly("1080 say 0", "4000 say 1");
    }

    @Test
    void interruptsAtThatMomentEvenIfTheAgentIsSilentByThen() {
        run(
                Stream.of(after(600), new Utterance.Interrupting(1_500)).toList(),
                or(between(0, 500), between(2_500, 3_000)),
                6_000);
        assertThat(done).containsExactly("1080 say 0", "4000 say 1");
    }

    @Test
    void afterAnInterruptionItWaitsForTheNewReplyNotForTheOldOneToStop() {
        // The old reply stops 200 ms into the words of 4,000 to 5,000, the new one runs from 5,600.
        run(
                Stream.of(after(600), new Utterance.Interrupting(1_500), after(600))
                        .toList(),
                or(between(0, 500), or(between(2_500, 4_200), between(5_600, 6_500))),
                9_000);
        assertThat(done).containsExactly("1080 say 0", "4000 say 1", "7080 say 2");
    }

    @Test
    void anAgentThatTalksOnThroughAnInterruptionCountsAsHavingRepliedAndGetsMoreTime() {
        run(
                Stream.of(after(600), new Utterance.Interrupting(500), after(600))
                        .toList(),
                or(between(0, 500), between(2_500, 7_000)),
                12_000);
        assertThat(done).containsExactly("1080 say 0", "3000 say 1", "9980 say 2");
    }

    @Test
    void anAgentThatAnswersBeforeTheWordsAreOverIsHeardToTheEnd() {
        // It begins at 1,800, within the words of 1,080 to 2,080.
        run(Stream.of(after(600), after(600)).toList(), or(between(0, 500), between(1_800, 4_000)), 8_000);
        assertThat(done).containsExactly("1080 say 0", "4580 say 1");
    }

    @Test
    void hangsUpAfterTheReplyToItsLastWords() {
        run(after(600), or(between(0, 500), between(2_500, 3_500)), 9_000);
        assertThat(done).containsExactly("1080 say 0", "6480 hang up: all is said");
    }

    @Test
    void withoutAReplyItGoesOnOnceAndThenHangsUp() {
        run(Stream.of(after(600), after(600), after(600)).toList(), between(0, 0), 30_000);
        assertThat(done).containsExactly("5000 say 0", "11000 hang up: no reply within 5000 ms");
    }

    @Test
    void everyConversationComesToAnEnd() {
        for (int seed = 0; seed < 200; seed++) {
            done.clear();
            java.util.Random random = new java.util.Random(seed);
            boolean[] sound = new boolean[3_000];
            for (int i = 0, on = 0; i < sound.length; i++) {
                on = random.nextInt(40) == 0 ? 1 - on : on;
                sound[i] = on == 1 && i < 2_000;
            }
            run(
                    Stream.of(after(600), new Utterance.Interrupting(700), after(100), after(3_000))
                            .toList(),
                    ms -> sound[(int) Math.min(ms / 20, sound.length - 1)],
                    200_000);
            assertThat(done.getLast()).as("seed %d", seed).contains("hang up");
        }
    }

    private void run(Utterance.When when, LongPredicate sounding, long untilMs) {
        run(List.of(when), sounding, untilMs);
    }

    private void run(List<? extends Utterance.When> whens, LongPredicate sounding, long untilMs) {
        short[] samples = new short[WORDS_MS * 8];
        Arrays.fill(samples, (short) 1000);
        List<Utterance> utterances = new ArrayList<>();
        for (Utterance.When when : whens) {
            utterances.add(new Utterance(samples, List.of(new Span(0, samples.length)), null, when));
        }
        Conversation conversation = new Conversation(utterances, PATIENCE);
        for (long now = 0; now < untilMs; now += 20) {
            switch (conversation.next(now, sounding.test(now))) {
                case Conversation.Listen() -> {}
                case Conversation.Speak(int index) -> {
                    done.add(now + " say " + index);
                    conversation.spoke(now, now + WORDS_MS);
                }
                case Conversation.HangUp(String why) -> {
                    done.add(now + " hang up: " + why);
                    return;
                }
            }
        }
    }

    private static Utterance.AfterReply after(int quietMs) {
        return new Utterance.AfterReply(quietMs);
    }

    private static LongPredicate between(long fromMs, long toMs) {
        return ms -> ms >= fromMs && ms < toMs;
    }

    private static LongPredicate or(LongPredicate a, LongPredicate b) {
        return a.or(b);
    }
}
