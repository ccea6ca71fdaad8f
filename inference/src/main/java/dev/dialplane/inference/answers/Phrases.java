package dev.dialplane.inference.answers;

import dev.dialplane.contracts.common.v1.Answer;
import dev.dialplane.contracts.common.v1.Slot;
import dev.dialplane.contracts.common.v1.ThenAction;
import dev.dialplane.inference.answers.value.SlotValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the agent says in words of its own, because the pool has none for it. English. */
final class Phrases {
    static final String NOT_HEARD = "Sorry, I did not hear that. Could you say it again?";
    static final String GREETING = "Hello. How can I help you?";
    static final String WELCOME = "You are welcome. Is there anything else I can do for you?";
    static final String ANYTHING_ELSE = "Is there anything else I can do for you?";
    static final String GO_AHEAD = "What can I do for you?";
    static final String IDENTITY = "I am an automated assistant. How can I help you?";
    static final String GOODBYE = "Thank you for calling. Goodbye.";
    static final String CANCELLED = "No problem, I have left that.";
    static final String GIVING_UP = "I am sorry, I still did not understand. Let us leave that for now.";
    static final String OTHERWISE = "I am sorry. What would you like to know?";
    static final String OFF_TOPIC = "I am afraid I can't help with that.";
    static final String OF_COURSE = "Of course.";
    static final String THANKS = "Thank you.";
    static final String ALL_RIGHT = "All right.";
    static final String NOT_UNDERSTOOD = "Sorry, I did not get that.";
    static final String IS_THAT_RIGHT = "Is that right?";
    static final String YES_OR_NO = "Please say yes or no.";

    private static final int MAX_TOPICS = 4;
    private static final Pattern WISH = Pattern.compile(
            "(?:i want|i'd like|i would like|i need|i have|i wish|can i|could i|may i) (?:to )?(.+)",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern QUESTION = Pattern.compile(
            "(?:when|where|what|which|who|how|why|is|are|do|does|can|could|will|would|did)\\b.*",
            Pattern.CASE_INSENSITIVE);
    private static final Map<String, String> FOR_THE_OTHER =
            Map.of("i", "you", "my", "your", "me", "you", "mine", "yours", "myself", "yourself", "am", "are");

    private Phrases() {}

    /** Asks for a slot. */
    static String ask(Slot slot, boolean first) {
        String name = slot.getName().replace('_', ' ').replace('-', ' ').toLowerCase(Locale.ROOT);
        return switch (slot.getType()) {
            case SLOT_TYPE_DATE ->
                name.matches("day|date|when") ? "Which day would you like?" : "Which day is the " + name + "?";
            case SLOT_TYPE_TIME -> {
                if (!name.matches("time|hour|when")) {
                    yield "What time is the " + name + "?";
                }
                yield first ? "At what time would you like that?" : "And at what time?";
            }
            case SLOT_TYPE_NUMBER ->
                name.endsWith("s") || name.equals("people")
                        ? "How many " + name + "?"
                        : "What is the " + name + ", as a number?";
            case SLOT_TYPE_PHONE -> "What is your phone number?";
            case SLOT_TYPE_YES_NO -> Character.toUpperCase(name.charAt(0)) + name.substring(1) + ": yes or no?";
            case SLOT_TYPE_TEXT, SLOT_TYPE_UNSPECIFIED, UNRECOGNIZED ->
                name.equals("name") ? "May I have your name, please?" : "What is the " + name + "?";
        };
    }

    /** How a value of this type can be said; empty if that needs no saying. */
    static String example(Slot slot) {
        return switch (slot.getType()) {
            case SLOT_TYPE_DATE -> "You can say, for example, next Tuesday, or the third of December.";
            case SLOT_TYPE_TIME -> "You can say, for example, half past ten, or four in the afternoon.";
            case SLOT_TYPE_PHONE -> "Please say it digit by digit.";
            default -> "";
        };
    }

    /** The values in the order of the slots, to be confirmed: "That is Tuesday, the 24th of November, at 4 in the afternoon." */
    static String readBack(List<Slot> slots, Map<String, SlotValue> values) {
        StringBuilder text = new StringBuilder("That is");
        boolean first = true;
        for (Slot slot : slots) {
            SlotValue value = values.get(slot.getName());
            if (value == null) {
                continue;
            }
            String name = slot.getName().replace('_', ' ').toLowerCase(Locale.ROOT);
            String part = switch (slot.getType()) {
                case SLOT_TYPE_DATE -> value.spoken();
                case SLOT_TYPE_TIME -> "at " + value.spoken();
                case SLOT_TYPE_NUMBER ->
                    name.endsWith("s") || name.equals("people")
                            ? "for " + value.spoken() + " " + name
                            : "the " + name + " " + value.spoken();
                default -> "the " + name + " " + value.spoken();
            };
            text.append(first ? " " : ", ").append(part);
            first = false;
        }
        return text.append('.').toString();
    }

    /** The last turn once more, without the courtesies that it began with. */
    static String again(String before) {
        String rest = before.strip();
        for (String lead : List.of(OF_COURSE, THANKS, ALL_RIGHT, NOT_UNDERSTOOD)) {
            if (rest.startsWith(lead + " ")) {
                rest = rest.substring(lead.length()).strip();
            }
        }
        return OF_COURSE + " " + rest;
    }

    /** Asks what to change. */
    static String whatToChange(List<Slot> slots) {
        return "What should I change, "
                + String.join(
                        " or ",
                        slots.stream()
                                .map(it -> "the " + it.getName().replace('_', ' '))
                                .toList()) + "?";
    }

    /** Asks whether this is what was meant. */
    static String didYouMean(List<Answer> answers) {
        List<String> questions = answers.stream().map(Phrases::asQuestion).toList();
        return questions.size() == 1
                ? "Sorry, I am not sure I understood. " + questions.getFirst()
                : "Sorry, I am not sure I understood. " + questions.getFirst() + " Or: "
                        + lowerFirst(questions.getLast());
    }

    private static String asQuestion(Answer answer) {
        String example = answer.getWhen(0).strip().replaceAll("[.!?]+$", "");
        Matcher wish = WISH.matcher(example);
        if (wish.matches()) {
            return "Would you like to " + forTheOther(wish.group(1)) + "?";
        }
        if (QUESTION.matcher(example).matches()) {
            return "Are you asking, " + lowerFirst(example) + "?";
        }
        return "Did you mean, " + lowerFirst(example) + "?";
    }

    /** Says what can be asked for. */
    static String topics(List<Answer> answers) {
        List<String> questions = new ArrayList<>();
        List<String> wishes = new ArrayList<>();
        for (Answer answer : answers) {
            boolean ends = answer.getThen().getAction() == ThenAction.THEN_ACTION_HANG_UP;
            if (answer.getWhenCount() == 0 || ends || questions.size() + wishes.size() == MAX_TOPICS) {
                continue;
            }
            String example = answer.getWhen(0).strip();
            (QUESTION.matcher(example).matches() ? questions : wishes).add(example.replaceAll("[.!?]+$", ""));
        }
        StringBuilder text = new StringBuilder();
        if (!questions.isEmpty()) {
            text.append("You can ask me, for example: ")
                    .append(String.join("? ", questions))
                    .append('?');
        }
        if (!wishes.isEmpty()) {
            text.append(text.isEmpty() ? "You can say, for example: " : " Or you can say: ")
                    .append(String.join(", or: ", wishes))
                    .append('.');
        }
        return text.toString();
    }

    private static String forTheOther(String text) {
        List<String> words = new ArrayList<>();
        for (String word : text.split(" ")) {
            words.add(FOR_THE_OTHER.getOrDefault(word.toLowerCase(Locale.ROOT), word));
        }
        return String.join(" ", words);
    }

    private static String lowerFirst(String text) {
        boolean stays = text.startsWith("I ") || text.startsWith("I'");
        return stays ? text : Character.toLowerCase(text.charAt(0)) + text.substring(1);
    }
}
