package dev.dialplane.inference.answers;

import dev.dialplane.contracts.common.v1.Slot;
import dev.dialplane.contracts.common.v1.SlotType;
import dev.dialplane.contracts.inference.v1.Expecting;
import dev.dialplane.inference.answers.AnswersState.Mode;
import dev.dialplane.inference.answers.value.Found;
import dev.dialplane.inference.answers.value.Polarity;
import dev.dialplane.inference.answers.value.SlotValue;
import dev.dialplane.inference.answers.value.Words;
import dev.dialplane.inference.speaking.Clauses;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An answer that needs something from the caller first: asks until it has it, reads it back, takes corrections, and says
 * the answer once the caller agrees.
 */
final class SlotFilling {
    private static final int PATIENCE = 2;

    private final Answers answers;

    SlotFilling(Answers answers) {
        this.answers = answers;
    }

    /** Begins with what the caller has said already. */
    Reply begin(int index, Turn turn, String said) {
        Map<String, SlotValue> known = new LinkedHashMap<>();
        take(slots(index), "", said, turn, known);
        return next(index, known, Phrases.OF_COURSE, true);
    }

    Reply reply(Turn turn, String plain) {
        return switch (turn.state().mode()) {
            case CONFIRMING -> confirming(turn, plain);
            default -> collecting(turn, plain);
        };
    }

    private Reply collecting(Turn turn, String plain) {
        AnswersState state = turn.state();
        int index = state.answer();
        Map<String, SlotValue> known = new LinkedHashMap<>(state.slots());
        boolean changed = take(slots(index), state.asking(), turn.said(), turn, known);
        if (changed) {
            return next(index, known, state.mode() == Mode.CHANGING ? Phrases.ALL_RIGHT : Phrases.THANKS, false);
        }
        Optional<Reply> otherwise = otherwise(turn, plain);
        if (otherwise.isPresent()) {
            return otherwise.get();
        }
        if (state.mode() == Mode.CHANGING) {
            Optional<Slot> named = named(slots(index), plain);
            if (named.isPresent()) {
                return ask(index, known, named.get(), Phrases.ALL_RIGHT, 0, false);
            }
            return state.tries() < PATIENCE
                    ? Reply.of(
                            Phrases.whatToChange(slots(index)),
                            Expecting.EXPECTING_OPEN,
                            AnswersState.filling(Mode.CHANGING, index, known, "", state.tries() + 1))
                    : givingUp();
        }
        Slot asked = slot(index, state.asking());
        if (state.tries() >= PATIENCE) {
            return givingUp();
        }
        String again =
                (Phrases.NOT_UNDERSTOOD + " " + Phrases.ask(asked, false) + " " + Phrases.example(asked)).strip();
        return Reply.of(
                again,
                Expecting.EXPECTING_VALUE,
                AnswersState.filling(Mode.COLLECTING, index, known, asked.getName(), state.tries() + 1));
    }

    private Reply confirming(Turn turn, String plain) {
        AnswersState state = turn.state();
        int index = state.answer();
        Map<String, SlotValue> known = new LinkedHashMap<>(state.slots());
        Polarity polarity = Polarity.of(turn.said());
        if (take(slots(index), "", turn.said(), turn, known)) {
            return confirm(index, known, Phrases.ALL_RIGHT, 0);
        }
        Optional<Slot> named = named(slots(index), plain);
        if (named.isPresent() && (polarity == Polarity.NO || plain.contains("change") || plain.contains("wrong"))) {
            return ask(index, known, named.get(), Phrases.ALL_RIGHT, 0, false);
        }
        if (polarity == Polarity.YES) {
            return answers.finished(
                    index, known, turn, Phrases.THANKS, alsoAsked(turn, index).orElse(Phrases.ANYTHING_ELSE));
        }
        Optional<Reply> otherwise = otherwise(turn, plain);
        if (otherwise.isPresent()) {
            return otherwise.get();
        }
        if (polarity == Polarity.NO) {
            return slots(index).size() == 1
                    ? ask(index, known, slots(index).getFirst(), Phrases.ALL_RIGHT, 0, false)
                    : Reply.of(
                            Phrases.whatToChange(slots(index)),
                            Expecting.EXPECTING_OPEN,
                            AnswersState.filling(Mode.CHANGING, index, known, "", 0));
        }
        return state.tries() < PATIENCE ? confirm(index, known, Phrases.NOT_UNDERSTOOD, state.tries() + 1) : givingUp();
    }

    /** What the caller asks for in the same breath as the yes. */
    private Optional<String> alsoAsked(Turn turn, int index) {
        List<String> sentences = Clauses.sentences(turn.said());
        return sentences.size() < 2
                ? Optional.empty()
                : answers.aside(turn, String.join("", sentences.subList(1, sentences.size())), index);
    }

    /** The caller wants something else: to stop, to leave, to be put through, or to know something meanwhile. */
    private Optional<Reply> otherwise(Turn turn, String plain) {
        AnswersState state = turn.state();
        if (Cues.cancels(plain)) {
            return Optional.of(Reply.of(
                    Phrases.CANCELLED + " " + Phrases.ANYTHING_ELSE,
                    Expecting.EXPECTING_YES_NO,
                    AnswersState.open(0, true)));
        }
        if (Cues.endsWithGoodbye(plain)) {
            return Optional.of(answers.goodbye(turn));
        }
        Optional<String> aside = answers.aside(turn, turn.said(), state.answer());
        if (aside.isPresent()) {
            String question = state.mode() == Mode.CONFIRMING
                    ? Phrases.readBack(slots(state.answer()), state.slots()) + " " + Phrases.IS_THAT_RIGHT
                    : state.mode() == Mode.CHANGING
                            ? Phrases.whatToChange(slots(state.answer()))
                            : Phrases.ask(slot(state.answer(), state.asking()), false);
            return Optional.of(Reply.of(
                    aside.get() + " " + question,
                    state.mode() == Mode.CONFIRMING ? Expecting.EXPECTING_YES_NO : Expecting.EXPECTING_VALUE,
                    state));
        }
        return answers.instead(turn.said(), state.answer()).map(it -> answers.instead(it, turn));
    }

    private Reply givingUp() {
        return Reply.of(
                Phrases.GIVING_UP + " " + Phrases.ANYTHING_ELSE,
                Expecting.EXPECTING_YES_NO,
                AnswersState.open(PATIENCE, true));
    }

    /** Asks for the first slot that is not known; reads all back if there is none. */
    private Reply next(int index, Map<String, SlotValue> known, String lead, boolean first) {
        for (Slot slot : slots(index)) {
            if (!known.containsKey(slot.getName())) {
                return ask(index, known, slot, lead, 0, first && known.isEmpty());
            }
        }
        return confirm(index, known, lead.equals(Phrases.OF_COURSE) ? lead : "", 0);
    }

    private Reply ask(int index, Map<String, SlotValue> known, Slot slot, String lead, int tries, boolean first) {
        return Reply.of(
                lead + " " + Phrases.ask(slot, first),
                Expecting.EXPECTING_VALUE,
                AnswersState.filling(Mode.COLLECTING, index, known, slot.getName(), tries));
    }

    private Reply confirm(int index, Map<String, SlotValue> known, String lead, int tries) {
        String question = Phrases.readBack(slots(index), known) + " " + Phrases.IS_THAT_RIGHT
                + (tries > 0 ? " " + Phrases.YES_OR_NO : "");
        return Reply.of(
                (lead + " " + question).strip(),
                Expecting.EXPECTING_YES_NO,
                AnswersState.filling(Mode.CONFIRMING, index, known, "", tries));
    }

    /**
     * Takes the values that were said; true if any of them is new.
     *
     * <p>Days are looked for before times, because "the third at four" names both, and free text last, and only if nothing
     * else was said: "no, make it Wednesday" is not a name.
     */
    private static boolean take(List<Slot> slots, String asking, String said, Turn turn, Map<String, SlotValue> known) {
        List<Slot> order = new ArrayList<>(slots);
        order.sort(Comparator.comparingInt(it -> order(it.getType())));
        Words words = Words.of(said);
        boolean changed = false;
        boolean askedChanged = false;
        for (Slot slot : order) {
            boolean asked = slot.getName().equals(asking);
            boolean free = order(slot.getType()) > 3;
            if (free && (changed || corrects(words)) && asked && slot.getType() == SlotType.SLOT_TYPE_TEXT && changed) {
                continue;
            }
            Optional<Found<SlotValue>> found = SlotValue.find(slot.getType(), said, words, turn.today(), asked);
            if (found.isPresent()) {
                words = words.without(found.get().start(), found.get().end());
                SlotValue former = known.put(slot.getName(), found.get().value());
                changed |= !found.get().value().equals(former);
                askedChanged |= asked;
            }
        }
        return changed || askedChanged;
    }

    private static int order(SlotType type) {
        return switch (type) {
            case SLOT_TYPE_PHONE -> 0;
            case SLOT_TYPE_DATE -> 1;
            case SLOT_TYPE_TIME -> 2;
            case SLOT_TYPE_NUMBER -> 3;
            default -> 4;
        };
    }

    private static boolean corrects(Words words) {
        return words.hold("no", "actually", "instead", "change", "make", "rather", "wait");
    }

    private static Optional<Slot> named(List<Slot> slots, String plain) {
        return slots.stream()
                .filter(slot -> plain.matches(".*\\b(?:"
                        + slot.getName().replaceAll("[^A-Za-z ]", " ").toLowerCase(java.util.Locale.ROOT) + "|"
                        + words(slot) + ")\\b.*"))
                .findFirst();
    }

    private static String words(Slot slot) {
        return switch (slot.getType()) {
            case SLOT_TYPE_DATE -> "day|date";
            case SLOT_TYPE_TIME -> "time|hour";
            case SLOT_TYPE_NUMBER -> "number";
            case SLOT_TYPE_PHONE -> "phone|number|telephone";
            default -> "name";
        };
    }

    private List<Slot> slots(int index) {
        return answers.answer(index).getSlotsList();
    }

    private Slot slot(int index, String name) {
        return slots(index).stream()
                .filter(it -> it.getName().equals(name))
                .findFirst()
                .orElse(slots(index).getFirst());
    }
}
