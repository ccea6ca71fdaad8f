package dev.dialplane.inference.answers;

import dev.dialplane.contracts.common.v1.AgentSpec;
import dev.dialplane.contracts.common.v1.Answer;
import dev.dialplane.contracts.common.v1.Fact;
import dev.dialplane.contracts.common.v1.Slot;
import dev.dialplane.contracts.common.v1.ThenAction;
import dev.dialplane.contracts.inference.v1.Expecting;
import dev.dialplane.inference.answers.Understanding.Candidate;
import dev.dialplane.inference.answers.value.Polarity;
import dev.dialplane.inference.answers.value.SlotValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A conversation from a pool's own answers: says the one that the caller asks for, asks for its slots until they are known
 * and confirmed, asks back when unsure, and says what it can help with when it cannot.
 *
 * <p>A function of the turn: keeps nothing, reads no clock.
 */
public final class Answers {
    /** From here on the best answer is the one that was meant. */
    static final double SURE = 0.55;
    /** From here on it may be: better to ask. */
    static final double MAYBE = 0.40;
    /** Two answers nearer than this to one another may both be meant. */
    static final double MARGIN = 0.03;

    /** So near that another answer hardly less near changes nothing. */
    static final double BEYOND_DOUBT = 0.85;

    private static final int PATIENCE = 2;
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([A-Za-z0-9_-]+)}");

    private final List<Answer> pool;
    private final Map<String, String> facts = new HashMap<>();
    private final Understanding understanding;
    private final SlotFilling filling;

    /** Embeds the pool's examples: takes some milliseconds for each. */
    public Answers(AgentSpec spec, SentenceEmbedder embedder) {
        pool = spec.getAnswersList();
        for (Fact fact : spec.getFactsList()) {
            facts.put(fact.getName(), fact.getValue());
        }
        understanding = new Understanding(pool, embedder);
        filling = new SlotFilling(this);
    }

    /** How many answers there are. */
    int size() {
        return pool.size();
    }

    Answer answer(int index) {
        return pool.get(index);
    }

    /**
     * Whether a reply asks for something that must not be kept, reads it back, or says it. What it asks for beside that may
     * be kept.
     */
    boolean sensitive(Reply reply) {
        AnswersState state = reply.state();
        return reply.sensitive()
                || switch (state.mode()) {
                    case OPEN, CLARIFYING -> false;
                    case COLLECTING -> sensitiveSlots(state.answer()).anyMatch(name -> name.equals(state.asking()));
                    case CONFIRMING, CHANGING -> sensitiveSlots(state.answer()).anyMatch(state.slots()::containsKey);
                };
    }

    private Stream<String> sensitiveSlots(int index) {
        return pool.get(index).getSlotsList().stream()
                .filter(Slot::getSensitive)
                .map(Slot::getName);
    }

    /** The agent's next turn. */
    Reply reply(Turn turn) {
        String plain = Cues.plain(turn.said());
        AnswersState state = turn.state();
        if (plain.isEmpty()) {
            return Reply.of(Phrases.NOT_HEARD, expecting(state), state);
        }
        if (Cues.asksToRepeat(plain) && !turn.before().isBlank()) {
            return Reply.of(Phrases.again(turn.before()), expecting(state), state);
        }
        return switch (state.mode()) {
            case OPEN -> open(turn, plain);
            case CLARIFYING -> clarified(turn, plain);
            case COLLECTING, CONFIRMING, CHANGING -> filling.reply(turn, plain);
        };
    }

    private static Expecting expecting(AnswersState state) {
        return switch (state.mode()) {
            case OPEN, CHANGING -> Expecting.EXPECTING_OPEN;
            case COLLECTING -> Expecting.EXPECTING_VALUE;
            case CONFIRMING, CLARIFYING -> Expecting.EXPECTING_YES_NO;
        };
    }

    Reply open(Turn turn, String plain) {
        List<Candidate> ranked = understanding.rank(turn.said());
        Optional<Candidate> best = ranked.stream().findFirst();
        boolean sure = best.isPresent() && best.get().score() >= SURE;
        if (Cues.saysGoodbye(plain) && (Cues.endsWithGoodbye(plain) || !sure)
                || turn.state().more() && Cues.wantsNothingMore(plain)) {
            return goodbye(turn);
        }
        if (Cues.greets(plain)) {
            return Reply.of(Phrases.GREETING, Expecting.EXPECTING_OPEN, AnswersState.open());
        }
        if (Cues.thanks(plain)) {
            return Reply.of(Phrases.WELCOME, Expecting.EXPECTING_YES_NO, AnswersState.open(0, true));
        }
        if (sure) {
            return sure(turn, ranked);
        }
        if (Cues.asksWhoYouAre(plain)) {
            return Reply.of(Phrases.IDENTITY, Expecting.EXPECTING_OPEN, AnswersState.open());
        }
        if (Cues.asksForHelp(plain) && !pool.isEmpty()) {
            return Reply.of(Phrases.topics(pool), Expecting.EXPECTING_OPEN, AnswersState.open());
        }
        if (plain.split(" ").length <= 3 && Polarity.of(turn.said()) == Polarity.YES) {
            return Reply.of(Phrases.GO_AHEAD, Expecting.EXPECTING_OPEN, AnswersState.open());
        }
        return unsure(turn, ranked);
    }

    private Reply sure(Turn turn, List<Candidate> ranked) {
        Candidate first = ranked.getFirst();
        if (ranked.size() > 1 && first.score() - ranked.get(1).score() < MARGIN && first.score() < BEYOND_DOUBT) {
            return ask(turn, List.of(first.answer(), ranked.get(1).answer()));
        }
        return begin(first.answer(), turn, turn.said());
    }

    private Reply unsure(Turn turn, List<Candidate> ranked) {
        int tries = turn.state().tries() + 1;
        if (tries > PATIENCE) {
            Optional<Integer> person = person();
            if (person.isPresent()) {
                return ask(turn, List.of(person.get()));
            }
        }
        if (!ranked.isEmpty() && ranked.getFirst().score() >= MAYBE) {
            boolean close = ranked.size() > 1
                    && ranked.get(1).score() >= MAYBE
                    && ranked.getFirst().score() - ranked.get(1).score() < MARGIN;
            return ask(
                    turn,
                    close
                            ? List.of(ranked.getFirst().answer(), ranked.get(1).answer())
                            : List.of(ranked.getFirst().answer()));
        }
        return Reply.of(offTopic(), Expecting.EXPECTING_OPEN, AnswersState.open(tries, false));
    }

    private String offTopic() {
        return (Phrases.OFF_TOPIC + " " + Phrases.topics(pool)).strip();
    }

    private Optional<Integer> person() {
        for (int i = 0; i < pool.size(); i++) {
            if (pool.get(i).getThen().getAction() == ThenAction.THEN_ACTION_TRANSFER) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }

    private Reply ask(Turn turn, List<Integer> offered) {
        List<Answer> meant = offered.stream().map(pool::get).toList();
        return Reply.of(
                Phrases.didYouMean(meant),
                Expecting.EXPECTING_YES_NO,
                AnswersState.clarifying(offered, turn.said(), turn.state().tries()));
    }

    private Reply clarified(Turn turn, String plain) {
        AnswersState state = turn.state();
        List<Integer> offered = state.offered();
        boolean one = offered.size() == 1;
        if (one && Polarity.of(turn.said()) == Polarity.YES) {
            return begin(offered.getFirst(), turn, state.said());
        }
        if (!one && plain.matches(".*\\b(?:first|former)\\b.*")) {
            return begin(offered.getFirst(), turn, state.said());
        }
        if (!one && plain.matches(".*\\b(?:second|latter|other|last)\\b.*")) {
            return begin(offered.getLast(), turn, state.said());
        }
        List<Candidate> ranked = understanding.rank(turn.said());
        if (!one) {
            Optional<Candidate> meant = ranked.stream()
                    .filter(it -> offered.contains(it.answer()) && it.score() >= MAYBE)
                    .findFirst();
            if (meant.isPresent()) {
                return begin(meant.get().answer(), turn, turn.said());
            }
        }
        boolean sure = !ranked.isEmpty() && ranked.getFirst().score() >= SURE;
        if (!sure && !Cues.saysGoodbye(plain) && Polarity.of(turn.said()) == Polarity.NO) {
            return Reply.of(Phrases.OTHERWISE, Expecting.EXPECTING_OPEN, AnswersState.open(state.tries() + 1, false));
        }
        return open(
                new Turn(
                        turn.said(),
                        turn.before(),
                        AnswersState.open(state.tries() + 1, false),
                        turn.today(),
                        turn.variables()),
                plain);
    }

    /** Says an answer, or begins to ask for what it needs. */
    private Reply begin(int index, Turn turn, String said) {
        return pool.get(index).getSlotsCount() == 0
                ? finished(index, Map.of(), turn, "", "")
                : filling.begin(index, turn, said);
    }

    /**
     * An answer that lacks nothing.
     *
     * @param before said first
     * @param after said last, unless the call ends or is transferred
     */
    Reply finished(int index, Map<String, SlotValue> values, Turn turn, String before, String after) {
        Answer answer = pool.get(index);
        String own = filled(answer.getSay(), values, turn.variables());
        // The pool's own words may thank and ask already.
        String said = own.startsWith("Thank") ? own : (before + " " + own).strip();
        boolean asks = own.endsWith("?");
        String target = answer.getThen().getTarget();
        Reply reply = switch (answer.getThen().getAction()) {
            case THEN_ACTION_HANG_UP ->
                new Reply(said, new Reply.HangUp(), Expecting.EXPECTING_NOTHING, AnswersState.open());
            case THEN_ACTION_TRANSFER ->
                new Reply(said, new Reply.Transfer(target), Expecting.EXPECTING_NOTHING, AnswersState.open());
            case THEN_ACTION_TOOL ->
                new Reply(
                        said,
                        new Reply.CallTool(target, canonical(values)),
                        Expecting.EXPECTING_OPEN,
                        AnswersState.open());
            case THEN_ACTION_SEND_DIGITS ->
                new Reply(
                        said,
                        new Reply.SendDigits(answer.getThen().getDigits()),
                        Expecting.EXPECTING_OPEN,
                        AnswersState.open());
            case THEN_ACTION_UNSPECIFIED, UNRECOGNIZED ->
                Reply.of(
                        asks ? said : (said + " " + after).strip(),
                        after.isEmpty() && !asks ? Expecting.EXPECTING_OPEN : Expecting.EXPECTING_YES_NO,
                        AnswersState.open(0, after.equals(Phrases.ANYTHING_ELSE) || own.endsWith("anything else?")));
        };
        boolean says = sensitiveSlots(index).anyMatch(name -> answer.getSay().contains("{" + name + "}"));
        return says ? reply.saysWhatIsSensitive() : reply;
    }

    private static Map<String, String> canonical(Map<String, SlotValue> values) {
        Map<String, String> canonical = new java.util.LinkedHashMap<>();
        values.forEach((name, value) -> canonical.put(name, value.canonical()));
        return canonical;
    }

    /** The caller says goodbye: in the pool's words if it has any that end the call. */
    Reply goodbye(Turn turn) {
        for (int i = 0; i < pool.size(); i++) {
            if (pool.get(i).getThen().getAction() == ThenAction.THEN_ACTION_HANG_UP
                    && pool.get(i).getSlotsCount() == 0) {
                return finished(i, Map.of(), turn, "", "");
            }
        }
        return new Reply(Phrases.GOODBYE, new Reply.HangUp(), Expecting.EXPECTING_NOTHING, AnswersState.open());
    }

    /** The text of an answer that the caller asks for in the middle of another one; it must be one that just says it. */
    Optional<String> aside(Turn turn, String said, int besides) {
        return understanding.rank(said).stream()
                .findFirst()
                .filter(it -> it.score() >= SURE && it.answer() != besides)
                .map(it -> pool.get(it.answer()))
                .filter(it -> it.getSlotsCount() == 0 && it.getThen().getAction() == ThenAction.THEN_ACTION_UNSPECIFIED)
                .map(it -> filled(it.getSay(), Map.of(), turn.variables()));
    }

    /** An answer with another one's action, when that is clearly meant: to be put through, above all. */
    Optional<Integer> instead(String said, int besides) {
        return understanding.rank(said).stream()
                .findFirst()
                .filter(it -> it.score() >= SURE && it.answer() != besides)
                .map(Candidate::answer);
    }

    Reply instead(int index, Turn turn) {
        return begin(index, turn, turn.said());
    }

    private String filled(String say, Map<String, SlotValue> values, Map<String, String> variables) {
        Matcher matcher = PLACEHOLDER.matcher(say.strip());
        return matcher.replaceAll(it -> {
            String name = it.group(1);
            SlotValue value = values.get(name);
            String text = value != null ? value.spoken() : variables.getOrDefault(name, facts.getOrDefault(name, ""));
            return Matcher.quoteReplacement(text);
        });
    }

    /** Everything that it may say word for word, so that it can be spoken ahead of time; the likeliest first. */
    public List<String> fixedTexts() {
        Set<String> texts = new LinkedHashSet<>();
        Set<String> slots = new LinkedHashSet<>();
        for (Answer answer : pool) {
            for (Slot slot : answer.getSlotsList()) {
                slots.add(slot.getName());
            }
        }
        for (Answer answer : pool) {
            boolean open =
                    PLACEHOLDER.matcher(answer.getSay()).results().anyMatch(it -> !facts.containsKey(it.group(1)));
            if (!open) {
                texts.add(filled(answer.getSay(), Map.of(), Map.of()));
            }
            List<Slot> asked = answer.getSlotsList();
            if (!asked.isEmpty()) {
                texts.addAll(List.of(
                        Phrases.OF_COURSE,
                        Phrases.THANKS,
                        Phrases.IS_THAT_RIGHT,
                        Phrases.ALL_RIGHT,
                        Phrases.ANYTHING_ELSE));
            }
            for (int i = 0; i < asked.size(); i++) {
                texts.add(Phrases.ask(asked.get(i), i == 0));
            }
        }
        texts.add(offTopic());
        texts.add(Phrases.GOODBYE);
        texts.addAll(List.of(Phrases.NOT_HEARD, Phrases.WELCOME, Phrases.GREETING));
        return new ArrayList<>(texts);
    }

    /** What it says more rarely. */
    public List<String> rarerTexts() {
        Set<String> texts = new LinkedHashSet<>();
        for (Answer answer : pool) {
            if (answer.getWhenCount() > 0) {
                texts.add(Phrases.didYouMean(List.of(answer)));
            }
            for (Slot slot : answer.getSlotsList()) {
                texts.add((Phrases.NOT_UNDERSTOOD + " " + Phrases.ask(slot, false) + " " + Phrases.example(slot))
                        .strip());
            }
            if (answer.getSlotsCount() > 0) {
                texts.add(Phrases.whatToChange(answer.getSlotsList()));
            }
        }
        texts.addAll(List.of(
                Phrases.GO_AHEAD,
                Phrases.IDENTITY,
                Phrases.CANCELLED,
                Phrases.OTHERWISE,
                Phrases.GIVING_UP,
                Phrases.YES_OR_NO));
        return new ArrayList<>(texts);
    }
}
