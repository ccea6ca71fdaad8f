package dev.dialplane.inference.answers.value;

import java.util.Locale;
import java.util.regex.Pattern;

/** Whether somebody agrees. */
public enum Polarity {
    YES,
    NO,
    UNSAID;

    private static final String LEAD = "(?:(?:um+|uh+|er+|well|oh|ah|so|hmm+|and|i think|i mean) )*";
    private static final Pattern NEGATIVE = Pattern.compile(
            LEAD
                    + "(?:no|nope|nah|not|never|wrong|incorrect|negative|don't|do not|it's not|it isn't|it is not|that's not|that is not|that isn't|that's wrong|that is wrong|nahi)\\b(?! (?:problem|doubt|worries)).*");
    private static final Pattern POSITIVE = Pattern.compile(
            LEAD
                    + "(?:yes|yeah|yea|yep|yup|yah|ya|sure|correct|right|exactly|absolutely|definitely|certainly|indeed|perfect|great|fine|good|okay|ok|alright|all right|of course|please|go ahead|sounds good|that's right|that is right|that's correct|that is correct|that's fine|that is fine|that's good|that is good|that's it|that is it|that works|that'll do|that will do|it is|it's right|it's correct|you got it|haan|ha ji|ji|why not)\\b.*");
    private static final Pattern ENDS_POSITIVE = Pattern.compile(".*\\b(?:is|'s) (?:right|correct|fine|perfect|good)");
    private static final Pattern NEGATED = Pattern.compile(".*\\b(?:not|isn't|wrong|incorrect|n't)\\b.*");

    /** Of an answer to a question. */
    public static Polarity of(String text) {
        String plain = text.toLowerCase(Locale.ROOT)
                .replace('’', '\'')
                .replaceAll("[^a-z' ]", " ")
                .replaceAll("\\s+", " ")
                .strip();
        if (NEGATIVE.matcher(plain).matches()) {
            return NO;
        }
        boolean negated = NEGATED.matcher(plain).matches();
        if (!negated
                && (POSITIVE.matcher(plain).matches()
                        || ENDS_POSITIVE.matcher(plain).matches())) {
            return YES;
        }
        return UNSAID;
    }
}
