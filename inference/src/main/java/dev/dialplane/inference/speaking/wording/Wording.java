package dev.dialplane.inference.speaking.wording;

import java.util.Locale;
import java.util.Optional;

/** The words of a language for what is written in figures and signs. Callable from anywhere. */
public sealed interface Wording permits EnglishWording, HindiWording, SpacedDigits {

    /**
     * Returns what is said.
     *
     * @param figure what is meant
     * @return empty if the voice is to make of it what it can
     */
    Optional<String> say(Figure figure);

    /**
     * Returns what an abbreviation stands for.
     *
     * @param word with its points
     * @param before the word before it
     * @return empty if it is none
     */
    Optional<String> abbreviated(String word, String before);

    /** Whose order of day and month counts. */
    Locale locale();

    /** Returns the wording of a language; one that is not known leaves most to the voice. */
    static Wording of(Locale locale) {
        return switch (locale.getLanguage()) {
            case "en" -> new EnglishWording(locale);
            case "hi" -> new HindiWording();
            default -> new SpacedDigits(locale);
        };
    }
}
