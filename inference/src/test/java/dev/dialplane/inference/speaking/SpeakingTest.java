package dev.dialplane.inference.speaking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.queue.ComputeQueue;
import dev.dialplane.inference.queue.Urgency;
import dev.dialplane.inference.queue.Work;
import dev.dialplane.inference.speaking.wording.Wording;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpeakingTest {
    private static final int SAMPLES_A_CHARACTER = 10;

    private final List<String> spoken = new CopyOnWriteArrayList<>();
    private final ComputeQueue queue = new ComputeQueue("test", 1, 100);
    private final PhraseCache cache = new PhraseCache(1 << 20);
    private final ClauseVoice voice = new ClauseVoice(new Typewriter(), queue, cache);

    @AfterEach
    void stop() {
        queue.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            We are open, Monday to Saturday. Bye.      | We are open,/Monday to Saturday./Bye.
            Yes, Dr. Rao is in.                        | Yes, Dr. Rao is in.
            That is Tuesday, the 24th, at 10.30 a.m.   | That is Tuesday,/the 24th, at 10.30 a.m.
            Who? Me!                                   | Who?/Me!
            12 M. G. Road                              | 12 M. G. Road
            That is Rs. 500, madam.                    | That is Rs. 500,/madam.
            डॉ. राव आज हैं। आइए।                          | डॉ. राव आज हैं।/आइए।
            """)
    void textsAreCutAtTheirMarks(String text, String clauses) {
        assertThat(Clauses.of(text).stream().map(String::strip)).containsExactly(clauses.split("/"));
        assertThat(String.join("", Clauses.of(text))).isEqualTo(text);
    }

    @Test
    void spansCoverTheWordsOfTheTextInOrder() {
        SpokenForm form = SpokenForm.of("at 10:30 today", Wording.of(Locale.ENGLISH));
        List<Spoken.Span> spans = form.spans(1000, "æt tɛn θɜːɾi tədeɪ");
        assertThat(spans).hasSize(3);
        assertThat(spans.getFirst().sampleStart()).isZero();
        assertThat(spans.getLast().sampleEnd()).isEqualTo(1000);
        assertThat(spans.get(1)).satisfies(span -> {
            assertThat("at 10:30 today".substring(span.textStart(), span.textEnd()))
                    .isEqualTo("10:30");
            assertThat(span.sampleEnd() - span.sampleStart()).isGreaterThan(400);
        });
    }

    @Test
    void aTextIsSpokenClauseByClauseAndItsSpansFitTheWhole() {
        Got got = speak("", "We are open today, from nine. Bye.");
        assertThat(spoken).containsExactly("We are open today,", "from nine.", "Bye.");
        assertThat(got.samples())
                .isEqualTo(SAMPLES_A_CHARACTER
                        * ("We are open today,".length() + "from nine.".length() + "Bye.".length()));
        assertThat(got.words("We are open today, from nine. Bye."))
                .containsExactly("We", "are", "open", "today,", "from", "nine.", "Bye.");
    }

    @Test
    void aClauseThatWasSpokenBeforeIsNotComputedAgain() {
        assertThat(speak("", "Hello there.").cached()).isFalse();
        assertThat(speak("", "Hello there.").cached()).isTrue();
        assertThat(spoken).containsExactly("Hello there.");
    }

    @Test
    void aSentenceKeptAheadIsServedWhereverItsClausesAreCut() {
        voice.keep("prepare", "We are open from nine in the morning to six, Monday to Saturday. Bye.")
                .join();
        int computed = spoken.size();
        Got first = speak("", "We are open from nine in the morning to");
        Got second = speak("We are open from nine in the morning to ", "six, Monday to Saturday.");
        Got third = speak("We are open from nine in the morning to six, Monday to Saturday. ", "Bye.");
        assertThat(spoken).hasSize(computed);
        assertThat(List.of(first.cached(), second.cached(), third.cached())).containsOnly(true);
        int whole = "We are open from nine in the morning to six,".length() + "Monday to Saturday.".length();
        assertThat(first.samples() + second.samples()).isEqualTo(SAMPLES_A_CHARACTER * whole);
    }

    @Test
    void aPartThatTwoSentencesShareIsNotCutOutOfEither() {
        voice.keep("prepare", "We are open on Monday morning.").join();
        voice.keep("prepare", "We are open on Tuesday.").join();
        assertThat(speak("", "We are open on").cached()).isFalse();
        assertThat(speak("", "We are open on Tuesday.").cached()).isTrue();
    }

    @Test
    void memoryStaysWithinItsBounds() {
        PhraseCache small = new PhraseCache(20_000);
        for (int i = 0; i < 100; i++) {
            small.keep("voice", new Clip("clause " + i, new short[1000], List.of()), true);
            assertThat(small.bytes()).isLessThanOrEqualTo(20_000);
        }
        assertThat(small.find("voice", "clause 99")).isNotNull();
        assertThat(small.find("voice", "clause 0")).isNull();
    }

    private Got speak(String before, String text) {
        Got got = new Got();
        voice.speak(new SpeechRequest("call", before, text, Urgency.CALLER_WAITS), got);
        await().until(() -> !got.ends.isEmpty());
        return got;
    }

    private static final class Got implements SpeechSink {
        final List<short[]> clips = new ArrayList<>();
        final List<Spoken> ends = new CopyOnWriteArrayList<>();

        @Override
        public void samples(short[] samples) {
            clips.add(samples);
        }

        @Override
        public void done(Spoken end) {
            ends.add(end);
        }

        @Override
        public void failed(ModelException failure) {
            throw failure;
        }

        int samples() {
            return clips.stream().mapToInt(clip -> clip.length).sum();
        }

        boolean cached() {
            return ends.getFirst().cached();
        }

        List<String> words(String text) {
            return ends.getFirst().spans().stream()
                    .map(span -> text.substring(span.textStart(), span.textEnd()))
                    .toList();
        }
    }

    /** Ten samples a character. */
    private final class Typewriter implements SpeechEngine {
        @Override
        public String voice() {
            return "typewriter";
        }

        @Override
        public int sampleRate() {
            return 8000;
        }

        @Override
        public Clip speak(String clause, Work work) {
            spoken.add(clause);
            int count = clause.length() * SAMPLES_A_CHARACTER;
            return new Clip(
                    clause,
                    new short[count],
                    SpokenForm.of(clause, Wording.of(Locale.ENGLISH)).spans(count, clause));
        }
    }
}
