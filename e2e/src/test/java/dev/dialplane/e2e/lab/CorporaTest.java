package dev.dialplane.e2e.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.agent.rehearsal.ScriptedModels.Reply;
import dev.dialplane.agent.testing.Recordings;
import dev.dialplane.agent.testing.TestBench;
import dev.dialplane.agent.testing.TestGateway;
import dev.dialplane.agent.testing.TestGateway.Received;
import dev.dialplane.agent.turn.Words;
import dev.dialplane.contracts.agent.v1.AgentTurn;
import dev.dialplane.contracts.agent.v1.ConverseResponse.MessageCase;
import dev.dialplane.e2e.corpus.Corpus;
import dev.dialplane.e2e.corpus.Corpus.Kind;
import dev.dialplane.e2e.corpus.Corpus.Moment;
import dev.dialplane.e2e.corpus.Corpus.Transcript;
import dev.dialplane.e2e.corpus.Corpus.Turn;
import dev.dialplane.local.components.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * How often turn-taking is right about recordings: the agent's own detector and rules, in virtual time, with the transcripts
 * that the local recognizer made of the same recordings and the time that it took. {@code docs/turn-taking.md} has the
 * figures, and must have those that come out here; {@code -Ddialplane.docs.write=true} writes it anew.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CorporaTest {
    private static final Path PAGE = Checkout.root().resolve("docs/turn-taking.md");
    private static final String AGENT =
            "We are open from nine in the morning to six in the evening, Monday to Saturday, and on"
                    + " Sundays from ten to one for emergencies only.";
    /** Of the scripted voice. */
    private static final double CHARACTERS_A_SECOND = 15;

    private static final int INTO_MS = 2000;
    private static final int ECHO_DELAY_MS = 150;
    private static final int LONG_WAIT_MS = 1500;
    private static final double WORDS_CUT_OFF = 0.30;
    private static final long WORDS_WAIT_MS = 600;
    private static final double SOUND_CUT_OFF = 0.18;
    private static final long SOUND_WAIT_MS = 650;

    private final Corpus corpus =
            new Corpus(Path.of("src/test/resources/dev/dialplane/e2e/corpus").toAbsolutePath());

    /**
     * What became of a moment.
     *
     * @param right whether the agent did what it should
     * @param verdictMs from the sound's beginning until it was known to be an interruption, or until the agent went on; -1
     *     where the agent never fell silent
     */
    private record Outcome(Moment moment, boolean right, long verdictMs) {}

    private List<Outcome> outcomes = List.of();
    private List<Ending> endings = List.of();
    /** With an end-of-turn model. */
    private List<Ending> modelled = List.of();

    @BeforeAll
    void play() throws IOException {
        outcomes = corpus.moments().stream().map(CorporaTest::interrupted).toList();
        List<Turn> turns = corpus.turns();
        endings = turns.stream().map(turn -> Ending.of(turn, false)).toList();
        modelled = turns.stream().map(turn -> Ending.of(turn, true)).toList();
    }

    @Test
    void ofTheInterruptionsThatWereHeldOut95InAHundredAreJudgedRight() {
        assertThat(outcomes).hasSizeGreaterThanOrEqualTo(200);
        assertThat(share(outcomes, outcome -> outcome.moment.heldOut())).isGreaterThanOrEqualTo(0.95);
    }

    @Test
    void ofTheTurnsThatWereHeldOutFewAreCutOffAndFewWaitLong() {
        List<Ending> heldOut = Ending.which(endings, ending -> ending.turn().heldOut());

        assertThat(endings.size() + Ending.pauses(endings)).isGreaterThanOrEqualTo(350);
        assertThat(Ending.cutOff(heldOut)).as("pauses that were taken for ends").isLessThan(WORDS_CUT_OFF);
        assertThat(median(heldOut)).as("median wait, ms").isLessThan(WORDS_WAIT_MS);
    }

    @Test
    void aModelThatListensCutsFewerOffAndTheMedianStaysWithin650() {
        List<Ending> words = Ending.which(endings, ending -> ending.turn().heldOut());
        List<Ending> sound = Ending.which(modelled, ending -> ending.turn().heldOut());

        assertThat(Ending.cutOff(sound)).as("pauses that were taken for ends").isLessThan(SOUND_CUT_OFF);
        assertThat(Ending.cutOff(sound)).isLessThan(Ending.cutOff(words) * 0.75);
        assertThat(median(sound)).as("median wait, ms").isLessThanOrEqualTo(SOUND_WAIT_MS);
    }

    @Test
    void thePageSaysSo() throws IOException {
        String page = page();
        if (Boolean.getBoolean("dialplane.docs.write")) {
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE)
                .as("written by this test with -Ddialplane.docs.write=true")
                .hasContent(page);
    }

    // Interruptions.

    private static Outcome interrupted(Moment moment) {
        try (TestBench bench = new TestBench()) {
            Transcript transcript = moment.transcripts().getLast();
            long[] began = {Long.MAX_VALUE};
            bench.models.replies = request -> Reply.of(request.getDialogueCount() < 3 ? AGENT : "Certainly.");
            bench.models.hear((from, until) -> until < began[0]
                    ? "When are you open?"
                    : until >= began[0] + transcript.untilMs() / 2 ? transcript.text() : "");
            TestGateway gateway = bench.prepared().call();
            bench.until("greeting", 8000, () -> gateway.agentTurns().size() == 1);
            bench.time.advance(500);
            gateway.say(Recordings.sentence(1200));
            bench.until("the sentence begins", 5000, () -> gateway.callerTurns().size() == 1);
            bench.time.advance(into(moment, transcript));

            bench.models.transcriptMillis = transcript.tookMs();
            began[0] = gateway.nowMs();
            int clears = gateway.all(MessageCase.CLEAR).size();
            gateway.say(Speech.followed(moment.audio()));
            bench.until("the sentence ends", 40_000, () -> gateway.agentTurns().size() >= 2);

            AgentTurn sentence = gateway.agentTurns().get(1);
            boolean cut = sentence.getInterrupted();
            List<Received> pauses = gateway.all(MessageCase.CLEAR);
            long verdict = -1;
            if (cut) {
                verdict = gateway.all(MessageCase.TURN_EVENT).stream()
                        .filter(one -> one.message().getTurnEvent().hasInterrupted() && one.atMs() >= began[0])
                        .mapToLong(one -> one.atMs() - began[0])
                        .findFirst()
                        .orElse(-1);
            } else if (pauses.size() > clears) {
                long fellSilent = pauses.get(clears).atMs();
                verdict = gateway.all(MessageCase.AUDIO).stream()
                        .filter(one -> one.atMs() > fellSilent)
                        .mapToLong(one -> one.atMs() - began[0])
                        .findFirst()
                        .orElse(-1);
            }
            return new Outcome(moment, cut == (moment.kind() == Kind.words), verdict);
        }
    }

    /** An echo comes back when its words are said; anything else two seconds into the sentence. */
    private static long into(Moment moment, Transcript transcript) {
        if (moment.kind() != Kind.echo) {
            return INTO_MS;
        }
        List<String> said = Words.of(AGENT);
        List<String> words = Words.of(transcript.text());
        int best = 0;
        int at = 0;
        for (int start = 0; start < said.size(); start++) {
            int same = 0;
            for (int i = 0; i < words.size() && start + i < said.size(); i++) {
                same += words.get(i).equals(said.get(start + i)) ? 1 : 0;
            }
            if (same > best) {
                best = same;
                at = start;
            }
        }
        int characters = String.join(" ", said.subList(0, at)).length();
        return (long) (1000 * characters / CHARACTERS_A_SECOND) + ECHO_DELAY_MS;
    }

    // Figures.

    private static double share(List<Outcome> all, Predicate<Outcome> which) {
        List<Outcome> those = all.stream().filter(which).toList();
        return those.stream().filter(Outcome::right).count() / (double) those.size();
    }

    private static long median(List<Ending> endings) {
        return percentile(endings.stream().map(Ending::waitMs).toList(), 50);
    }

    private static long percentile(List<Long> values, int percent) {
        List<Long> sorted = values.stream().filter(value -> value >= 0).sorted().toList();
        return sorted.isEmpty() ? -1 : sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
    }

    private String page() throws IOException {
        StringBuilder page = new StringBuilder("""
                # Turn-taking, in figures

                What the agent makes of recordings: its own detector, rules and timing, in virtual time, over a telephone line's
                µ-law and noise, with what the local recognizer (Moonshine) made of the same recordings and the time that it took
                on two cores (more than twice what it takes [since](performance.md)). Half of the recordings were held out: nothing was tuned by them. `CorporaTest` plays them and
                writes this page; `e2e/src/main/corpus/make.py` makes the recordings, `TranscribeMain` the transcripts and predictions.

                ## Interruptions

                While the agent speaks, the caller says something, or coughs, or something else is heard. Words of all kinds of
                voices, recorded (CMU, LibriVox) and made (Kokoro, flite, espeak-ng); listeners' sounds and the agent's echo made
                by flite and espeak-ng; coughs, hisses, doors, tones and keyboards made by formula. Right is: the agent stops for
                words, and says its sentence to the end for everything else. The delay to the verdict is from the first sample:
                for words until the agent knows that it was interrupted, for others until it goes on.

                | kind | all | right | held out | right | delay p50 | p90 |
                |---|---|---|---|---|---|---|
                """);
        for (Kind kind : Kind.values()) {
            row(page, kind.name(), outcome -> outcome.moment.kind() == kind);
        }
        row(page, "**all**", _ -> true);
        Map<Kind, Long> silent = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            silent.put(
                    kind,
                    outcomes.stream()
                            .filter(one -> one.moment.kind() == kind && one.verdictMs < 0)
                            .count());
        }
        page.append("""

                The agent did not fall silent at all in %d of the coughs, %d of the noises, %d of the echoes and %d of the
                listeners' sounds: its detector did not take them for speech.

                """.formatted(
                silent.get(Kind.cough), silent.get(Kind.noise), silent.get(Kind.echo), silent.get(Kind.listening)));
        // Whoever sees which of those held out are wrong makes rules for them.
        List<Outcome> wrong = outcomes.stream()
                .filter(outcome -> !outcome.right && !outcome.moment.heldOut())
                .toList();
        if (!wrong.isEmpty()) {
            page.append(
                    "Wrong, of those that are not held out, were:\n\n| kind | recording | what the recognizer heard |\n|---|---|---|\n");
            for (Outcome outcome : wrong) {
                page.append("| %s | %s | %s |%n"
                        .formatted(
                                outcome.moment.kind(),
                                outcome.moment.source().replace("|", "/"),
                                outcome.moment.transcripts().getLast().text().replace("|", "/")));
            }
            page.append('\n');
        }
        page.append("""
                They are sounds of which the recognizer makes a word, or words of which it makes none or others. Until a sentence's
                first word alone ceased to be an interruption, three more were wrong: an "oh" or "ah" that it takes for "so", "I" or
                "but". Two of these three are held out, and whoever made that rule had seen them, as this page listed those then;
                without them it is 93.3 %.

                ## Ends of turns

                Turns with pauses of 350 to 1,100 ms in them, and more where a voice paused by itself. Three kinds: sentences whose parts were each
                spoken alone, by flite, so that every part sounds like an ending; sentences that Kokoro spoke whole, cut open where
                people think, list, dictate, or add something; and recordings of people (LibriVox, CMU), with their own pauses.
                A pause is cut off if the reply begins in it. The wait is from the last sample of the turn to the first of the reply;
                models take no time but the recognizer, and where it is asked, the end-of-turn model
                (`pipeline.endOfTurn: {provider: local, model: smart-turn-v3}`), which is asked at each silence while the recognizer works.
                The recognizer's times for the last two kinds are those of its two ONNX files alone, measured while fewer programs ran.

                | | ends known by | turns | pauses in them | cut off | wait p50 | p90 | waited over 1.5 s |
                |---|---|---|---|---|---|---|---|
                """);
        both(page, "all", _ -> true);
        both(page, "tuned by", ending -> !ending.turn().heldOut());
        both(page, "held out", ending -> ending.turn().heldOut());
        for (Ending.Spoken spoken : Ending.Spoken.values()) {
            both(page, spoken.label(), ending -> spoken.includes(ending.turn()));
            if (spoken != Ending.Spoken.PEOPLE) {
                both(
                        page,
                        spoken.label() + ", held out",
                        ending ->
                                spoken.includes(ending.turn()) && ending.turn().heldOut());
            }
        }
        List<Long> took = corpus.turns().stream()
                .flatMap(turn -> turn.predictions().stream())
                .map(one -> (long) one.tookMs())
                .toList();
        page.append("""

                The model took %s at the median and %s at the 90th percentile of its %d predictions, on two cores with other work.

                With these voices the model buys fewer pauses that are cut off with a longer wait, and next to nothing with Kokoro's.
                flite sounds unfinished to it even at the end, so that there it mostly waits; Kokoro, cut open
                where the words could end, sounds finished there too, and so would most people who say "I got your message." and pause
                for a second. Neither drawls or lifts its voice as people do who search for words, which is what the model was made to
                hear; of people there are only the recordings in the last row, too few to say more.
                """.formatted(millis(percentile(took, 50)), millis(percentile(took, 90)), took.size()));
        return page.toString();
    }

    private void row(StringBuilder page, String name, Predicate<Outcome> which) {
        List<Outcome> all = outcomes.stream().filter(which).toList();
        List<Outcome> heldOut =
                all.stream().filter(outcome -> outcome.moment.heldOut()).toList();
        List<Long> delays = new ArrayList<>(
                all.stream().filter(Outcome::right).map(Outcome::verdictMs).toList());
        page.append("| %s | %d | %s | %d | %s | %s | %s |%n"
                .formatted(
                        name,
                        all.size(),
                        percent(share(all, _ -> true)),
                        heldOut.size(),
                        percent(share(heldOut, _ -> true)),
                        millis(percentile(delays, 50)),
                        millis(percentile(delays, 90))));
    }

    private void both(StringBuilder page, String name, Predicate<Ending> which) {
        endingsRow(page, name, "words", Ending.which(endings, which));
        endingsRow(page, "", "words and sound", Ending.which(modelled, which));
    }

    private static void endingsRow(StringBuilder page, String name, String by, List<Ending> those) {
        int pauses = Ending.pauses(those);
        int cut = those.stream().mapToInt(Ending::cutOff).sum();
        List<Long> waits = those.stream().map(Ending::waitMs).toList();
        long tooLong = waits.stream().filter(wait -> wait > LONG_WAIT_MS).count();
        page.append("| %s | %s | %d | %d | %d (%s) | %s | %s | %d (%s) |%n"
                .formatted(
                        name,
                        by,
                        those.size(),
                        pauses,
                        cut,
                        percent(Ending.cutOff(those)),
                        millis(percentile(waits, 50)),
                        millis(percentile(waits, 90)),
                        tooLong,
                        percent((double) tooLong / Math.max(1, those.size()))));
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    private static String millis(long value) {
        return value < 0 ? "" : value + " ms";
    }
}
