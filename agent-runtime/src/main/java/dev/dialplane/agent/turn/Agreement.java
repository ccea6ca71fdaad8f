package dev.dialplane.agent.turn;

import dev.dialplane.audio.Dtmf;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a caller's words and keys say to a question of consent. Consent is given in so many words, by the key 1, or not at
 * all: whatever is not clearly a yes is none. Knows English and Hindi, in either script.
 *
 * @param verdict yes, no or neither
 * @param all whether they say nothing else, so that nothing else in them wants a reply
 */
public record Agreement(Verdict verdict, boolean all) {
    /** Yes, no or neither. */
    public enum Verdict {
        AGREED,
        DECLINED,
        UNCLEAR
    }

    /** The key that agrees; whatever else is pressed does not. */
    private static final char YES_KEY = '1';

    /** Sounds before an answer. */
    private static final Set<String> LEADS = words("um umm uh uhh er erm well oh ah so hmm hm hello hi and");

    /** They agree at the beginning of a turn, whatever comes after. */
    private static final Set<String> YES = words(
            "yes yeah yea yep yup yah certainly absolutely definitely haan haanji bilkul हाँ हां जी बिल्कुल बिलकुल");

    /** They agree where nothing else is said: "okay, when are you open" goes on to something else. */
    private static final Set<String> WEAK_YES = words(
            "ok okay sure right alright fine good great perfect agree agreed ji theek thik ठीक accha achha अच्छा");

    /** Alone in no sense of theirs, but together: "go ahead", "of course", "all right", "please do". */
    private static final List<List<String>> YES_PHRASES = List.of(
            List.of("go", "ahead"),
            List.of("of", "course"),
            List.of("all", "right"),
            List.of("no", "problem"),
            List.of("no", "worries"),
            List.of("don't", "mind"),
            List.of("do", "not", "mind"),
            List.of("not", "a", "problem"));

    private static final Set<String> NO =
            words("no nope nah not never don't dont won't can't cannot isn't doesn't wouldn't"
                    + " stop without rather refuse decline disagree object nahi nahin mat na नहीं नही मत ना न");

    /** Beside an answer they say nothing of their own. */
    private static final Set<String> BESIDE =
            words("please thanks thank you that that's thats is it it's its i i'm im i'd i'll"
                    + " am do did be to by for with me my this the a call would want like prefer record recorded recording recordings"
                    + " okay with sir madam ma'am here hai है थीक बात");

    private static final Set<String> RECORDING = words("record recorded recording recordings रिकॉर्डिंग रिकॉर्ड");

    /** Which recording it is. */
    private static final Set<String> WHICH = words("the this that my our your call");

    /** What somebody may not want, and whom or what to be recorded. */
    private static final Set<String> WANTED =
            words("want wish like agree consent you me this it the call to be being my");

    /** Words that say something together, in this order; {@code between} them others may stand that do not change it. */
    private record Phrase(Set<String> between, List<Set<String>> words) {
        /** Where it ends if it begins there; there if it does not. */
        int end(List<String> turn, int from) {
            int at = from;
            for (Set<String> next : words) {
                while (at > from
                        && at < turn.size()
                        && !next.contains(turn.get(at))
                        && between.contains(turn.get(at))) {
                    at++;
                }
                if (at == turn.size() || !next.contains(turn.get(at))) {
                    return from;
                }
                at++;
            }
            return at;
        }
    }

    /**
     * By them a consent is taken back. A recording that somebody has, or of which they are told that it was not made, is none of
     * this call's.
     */
    private static final List<Phrase> WITHDRAWALS = List.of(
            new Phrase(WHICH, List.of(words("stop end cancel delete erase"), RECORDING)),
            new Phrase(WHICH, List.of(words("turn switch"), words("off"), RECORDING)),
            new Phrase(WHICH, List.of(words("turn switch"), RECORDING, words("off"))),
            new Phrase(WANTED, List.of(words("don't dont never without"), RECORDING)),
            new Phrase(WANTED, List.of(words("do"), words("not"), RECORDING)),
            new Phrase(WANTED, List.of(words("not"), words("be"), RECORDING)),
            new Phrase(Set.of(), List.of(RECORDING, words("band mat na nahi nahin बंद मत ना नहीं"))));

    /** Who takes a consent back says nothing else by them. */
    private static final Set<String> ASKING =
            words("can could would you now then actually sorry want wish kar karo kijiye do कर करो कीजिए दो");

    /** Judges what somebody says who has agreed before: {@code DECLINED} if they take it back, or else {@code UNCLEAR}. */
    public static Agreement withdrawal(String text) {
        List<String> words = Words.of(text);
        for (int from = 0; from < words.size(); from++) {
            for (Phrase phrase : WITHDRAWALS) {
                int end = phrase.end(words, from);
                if (end > from) {
                    List<String> rest = new ArrayList<>(words.subList(0, from));
                    rest.addAll(words.subList(end, words.size()));
                    return new Agreement(Verdict.DECLINED, rest.stream().allMatch(Agreement::isBesideAWithdrawal));
                }
            }
        }
        return new Agreement(Verdict.UNCLEAR, false);
    }

    private static boolean isBesideAWithdrawal(String word) {
        return Stream.of(LEADS, BESIDE, ASKING, NO, WEAK_YES).anyMatch(known -> known.contains(word));
    }

    /**
     * Judges a turn in which keys were pressed, perhaps. A key is meant, so it counts more than words that say neither; a no
     * beside it is still one.
     *
     * @param keys in order; empty where none was pressed
     */
    public static Agreement of(String text, String keys) {
        Agreement spoken = of(text);
        if (keys.isEmpty()) {
            return spoken;
        }
        String entry = keys.length() > 1 && keys.charAt(keys.length() - 1) == Dtmf.END
                ? keys.substring(0, keys.length() - 1)
                : keys;
        // Pressed again by who did not see at once that it was enough.
        boolean yes = entry.chars().allMatch(key -> key == YES_KEY);
        boolean agrees = yes && spoken.verdict() != Verdict.DECLINED;
        // A row of keys is a number that somebody means for more than a no.
        return new Agreement(agrees ? Verdict.AGREED : Verdict.DECLINED, spoken.all() && (yes || entry.length() == 1));
    }

    /** Judges a turn of words. */
    public static Agreement of(String text) {
        List<String> words = Words.of(text);
        int first = 0;
        while (first < words.size() && LEADS.contains(words.get(first))) {
            first++;
        }
        boolean strong = false;
        boolean agrees = false;
        boolean declines = false;
        boolean all = true;
        for (int i = first; i < words.size(); i++) {
            String word = words.get(i);
            int phrase = phraseAt(words, i);
            if (phrase > 0) {
                strong |= i == first;
                agrees = true;
                i += phrase - 1;
            } else if (NO.contains(word)) {
                declines = true;
            } else if (YES.contains(word)) {
                strong |= i == first;
                agrees = true;
            } else if (WEAK_YES.contains(word)) {
                agrees = true;
            } else if (!BESIDE.contains(word)) {
                all = false;
            }
        }
        return new Agreement(verdict(text, agrees, strong, declines, all), all);
    }

    private static Verdict verdict(String text, boolean agrees, boolean strong, boolean declines, boolean all) {
        if (declines) {
            return Verdict.DECLINED;
        }
        // "Yes?" asks back.
        boolean asksBack = all && text.strip().endsWith("?");
        return agrees && (strong || all) && !asksBack ? Verdict.AGREED : Verdict.UNCLEAR;
    }

    /** How many words from there on are one that agrees; 0 if they are none. */
    private static int phraseAt(List<String> words, int at) {
        for (List<String> phrase : YES_PHRASES) {
            if (words.size() - at >= phrase.size()
                    && words.subList(at, at + phrase.size()).equals(phrase)) {
                return phrase.size();
            }
        }
        return 0;
    }

    private static Set<String> words(String spaced) {
        return Set.of(java.util.Arrays.stream(spaced.split(" ")).distinct().toArray(String[]::new));
    }
}
