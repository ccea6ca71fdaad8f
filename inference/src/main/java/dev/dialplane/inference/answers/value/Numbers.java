package dev.dialplane.inference.answers.value;

import java.util.Optional;

/** Numbers and telephone numbers as people say them. */
public final class Numbers {
    private static final int MIN_TELEPHONE = 7;
    private static final int MAX_TELEPHONE = 15;

    private Numbers() {}

    /** The first number: "4", "twelve", "two hundred and fifty". */
    public static Optional<Found<Integer>> find(Words words) {
        for (int i = 0; i < words.size(); i++) {
            Words.Count count = words.number(i);
            if (count.length() > 0) {
                return Optional.of(new Found<>(count.value(), i, i + count.length()));
            }
            if (words.are(i, "a", "couple")) {
                return Optional.of(new Found<>(2, i, i + 2));
            }
            if (words.at(i).matches("myself|alone") || words.are(i, "just", "me")) {
                return Optional.of(new Found<>(1, i, i + 1));
            }
        }
        return Optional.empty();
    }

    /** A telephone number: 7 to 15 digits, said one by one or in groups, with "double" and "triple", "oh" and "plus". */
    public static Optional<Found<String>> telephone(Words words) {
        for (int start = 0; start < words.size(); start++) {
            StringBuilder digits = new StringBuilder();
            int i = start;
            while (i < words.size()) {
                int length = append(words, i, digits);
                if (length == 0) {
                    break;
                }
                i += length;
            }
            long count = digits.chars().filter(Character::isDigit).count();
            if (count >= MIN_TELEPHONE && count <= MAX_TELEPHONE) {
                return Optional.of(new Found<>(digits.toString(), start, i));
            }
        }
        return Optional.empty();
    }

    private static int append(Words words, int i, StringBuilder digits) {
        String word = words.at(i);
        if (word.matches("\\+?\\d+")) {
            digits.append(word);
            return 1;
        }
        if (word.matches("\\d{1,4}[/-]\\d{1,2}(?:[/-]\\d{2,4})?")) {
            digits.append(word.replaceAll("\\D", ""));
            return 1;
        }
        if (word.equals("plus") && digits.isEmpty()) {
            digits.append('+');
            return 1;
        }
        if (word.matches("double|triple") && words.digit(i + 1).isPresent()) {
            String digit = String.valueOf(words.digit(i + 1).getAsInt());
            digits.append(digit.repeat(word.equals("double") ? 2 : 3));
            return 2;
        }
        if (words.digit(i).isPresent()) {
            digits.append(words.digit(i).getAsInt());
            return 1;
        }
        Words.Count pair = words.cardinal(i);
        if (pair.length() > 0) {
            digits.append(pair.value());
            return pair.length();
        }
        return 0;
    }
}
