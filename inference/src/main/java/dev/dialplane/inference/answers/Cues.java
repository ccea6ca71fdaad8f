package dev.dialplane.inference.answers;

import java.util.Locale;
import java.util.regex.Pattern;

/** Turns of phrase that mean the same to every receptionist: greetings, thanks, goodbyes, "say that again". */
final class Cues {
    private static final Pattern LEAD = Pattern.compile(
            "^(?:(?:hi|hello|hey|good (?:morning|afternoon|evening)|namaste|um+|uh+|er+|well|so|okay|ok|oh|sorry|excuse me|yes|yeah|right|sure|thanks|thank you|please|and|actually|alright|one more thing)[,.!]* +)+",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern GREETING = Pattern.compile(
            "(?:(?:hi|hello|hey|namaste|good (?:morning|afternoon|evening|day)|there|how are you(?: doing)?(?: today)?|is (?:anyone|anybody|somebody) there|can you hear me|um+|uh+)\\s*)+");
    private static final Pattern THANKS = Pattern.compile(
            "(?:(?:okay|ok|great|perfect|good|fine|alright|all right|lovely|wonderful|oh|ah|thanks|thank you|thankyou|cheers|very much|so much|a lot|that's (?:great|good|fine|helpful)|that is (?:great|good|fine|helpful)|for (?:that|your help))\\s*)+");
    private static final Pattern GOODBYE = Pattern.compile(
            ".*\\b(?:good ?bye|bye(?: bye)?|good by|see you(?: (?:then|later|soon|tomorrow))?|(?:that|this)(?:'s| is|'ll be| will be| was) (?:all|everything|it for (?:now|today))(?! right)|nothing (?:else|more)|no more questions|have a (?:nice|good|great|lovely) (?:day|evening|one|weekend)|i(?:'m| am) done|i don't need anything(?: else)?)\\b.*");
    private static final Pattern ENDS_WITH_GOODBYE = Pattern.compile(
            ".*\\b(?:good ?bye|bye|good by|bye now|see you(?: \\w+)?|have a \\w+ \\w+)(?: (?:then|now))?");
    private static final Pattern NOTHING_MORE = Pattern.compile(
            "(?:(?:no|nope|nah|not|nothing|none|that|it|is|was|i'm|i am|all|good|fine|okay|ok|thanks|thank you|really|at the moment|right now|for now|else|more|think so|i|don't)\\s*)+");
    private static final Pattern REPEAT = Pattern.compile(
            "(?:.*\\b(?:say (?:that|it) (?:again|once more)|repeat(?: (?:that|it|yourself))?|come again|(?:did not|didn't|couldn't|could not|can't|cannot) (?:hear|catch|get|understand) (?:that|you|it|what)|didn't (?:hear|catch) |what did you (?:just )?say|once more please|one more time)\\b.*)|(?:(?:sorry|pardon|pardon me|i beg your pardon|what|huh|eh|excuse me|what was that|sorry what)\\s*)+");
    private static final Pattern CANCEL = Pattern.compile(
            ".*\\b(?:never ?mind|forget (?:it|about it|that)|cancel (?:that|it|this)|stop (?:that|it|this)|leave it|(?:i )?(?:don't|do not) want (?:it|that|to|an?)\\b.*|changed my mind|start over|start again|not now|some other time)\\b.*");
    private static final Pattern IDENTITY = Pattern.compile(
            ".*\\b(?:are you (?:a |an )?(?:real|human|robot|bot|machine|computer|person|recording|ai|actual|artificial|automated)|who are you|(?:am i|is this) (?:talking|speaking)? ?(?:to|with)? ?(?:a|an) (?:human|robot|bot|machine|computer|person|recording|ai)|is this (?:a )?(?:recording|real))\\b.*");
    private static final Pattern HELP = Pattern.compile(
            ".*\\b(?:what can (?:you do|i ask|you help)|how can you help|what (?:are my|are the) options|what do you do|help me)\\b.*");

    private Cues() {}

    /** Lower case, without punctuation. */
    static String plain(String text) {
        return text.toLowerCase(Locale.ROOT)
                .replace('’', '\'')
                .replace("-", " ")
                .replaceAll("[^a-z0-9' ]", " ")
                .replaceAll("\\s+", " ")
                .strip();
    }

    /** What is left of a question without the courtesies before it; the text itself if that is nothing. */
    static String withoutLead(String text) {
        String rest = LEAD.matcher(text.strip()).replaceFirst("");
        return rest.isBlank() ? text : rest;
    }

    static boolean greets(String plain) {
        return GREETING.matcher(plain).matches();
    }

    static boolean thanks(String plain) {
        return THANKS.matcher(plain).matches();
    }

    static boolean saysGoodbye(String plain) {
        return GOODBYE.matcher(plain).matches();
    }

    /** It ends with the goodbye, so that nothing else is asked after it. */
    static boolean endsWithGoodbye(String plain) {
        return ENDS_WITH_GOODBYE.matcher(plain).matches();
    }

    /** As an answer to "is there anything else?". */
    static boolean wantsNothingMore(String plain) {
        return plain.startsWith("no") && NOTHING_MORE.matcher(plain).matches();
    }

    static boolean asksToRepeat(String plain) {
        return REPEAT.matcher(plain).matches();
    }

    static boolean cancels(String plain) {
        return CANCEL.matcher(plain).matches();
    }

    static boolean asksWhoYouAre(String plain) {
        return IDENTITY.matcher(plain).matches();
    }

    static boolean asksForHelp(String plain) {
        return HELP.matcher(plain).matches();
    }
}
