package dev.dialplane.inference.speaking;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Speech that was computed before, shared by all calls, bounded by its bytes: what was not used for longest goes first.
 *
 * <p>Whole sentences that pools say word for word (<em>fixed</em> ones) are also found by their parts, because agents cut
 * replies into clauses as they see fit: a part is cut out of the sentence, and the next part goes on exactly there.
 */
public final class PhraseCache {
    private record Key(String voice, String text) {}

    private final long limit;
    /** In order of use. Guarded by this. */
    private final LinkedHashMap<Key, Clip> clips = new LinkedHashMap<>(16, 0.75f, true);
    /** Fixed sentences by voice and text. Guarded by this. */
    private final NavigableMap<String, Key> fixed = new TreeMap<>();

    private long bytes;

    public PhraseCache(long limitBytes) {
        limit = limitBytes;
    }

    /** What was kept of this text in this voice. */
    public synchronized @Nullable Clip find(String voice, String text) {
        return clips.get(new Key(voice, normal(text)));
    }

    /**
     * The part {@code text} of a fixed sentence of which {@code before} has been spoken.
     *
     * @param before what was said since the last sentence's end; empty at a sentence's start
     */
    public synchronized @Nullable Clip findPart(String voice, String before, String text) {
        String said = normal(before);
        String wanted = normal(text);
        if (wanted.isEmpty()) {
            return null;
        }
        String prefix = said.isEmpty() ? wanted : said + " " + wanted;
        Key only = null;
        for (Map.Entry<String, Key> entry :
                fixed.tailMap(indexKey(voice, prefix)).entrySet()) {
            if (!entry.getKey().startsWith(indexKey(voice, prefix))) {
                break;
            }
            String sentence = entry.getValue().text();
            if (sentence.length() > prefix.length() && sentence.charAt(prefix.length()) != ' ') {
                continue;
            }
            if (only != null && !endsClause(wanted)) {
                // Two sentences go on differently from here, and the cut between words is only about right.
                return null;
            }
            only = only == null ? entry.getValue() : only;
        }
        Clip whole = only == null ? null : clips.get(only);
        if (whole == null) {
            return null;
        }
        int first = said.isEmpty() ? 0 : words(said);
        int end = first + words(wanted);
        return end > whole.spans().size() ? null : whole.slice(wanted, first, end);
    }

    /** Keeps a clip. */
    public synchronized void keep(String voice, Clip clip, boolean isFixed) {
        Key key = new Key(voice, normal(clip.text()));
        if (clip.bytes() > limit / 4) {
            return;
        }
        Clip former = clips.put(key, clip);
        bytes += clip.bytes() - (former == null ? 0 : former.bytes());
        if (isFixed && clip.spans().size() == words(key.text())) {
            fixed.put(indexKey(voice, key.text()), key);
        }
        List<Map.Entry<Key, Clip>> oldest = new ArrayList<>();
        long over = bytes - limit;
        for (Map.Entry<Key, Clip> entry : clips.entrySet()) {
            if (over <= 0) {
                break;
            }
            over -= entry.getValue().bytes();
            oldest.add(entry);
        }
        for (Map.Entry<Key, Clip> entry : oldest) {
            bytes -= entry.getValue().bytes();
            fixed.remove(indexKey(entry.getKey().voice(), entry.getKey().text()));
            clips.remove(entry.getKey());
        }
    }

    /** Bytes held, about. */
    public synchronized long bytes() {
        return bytes;
    }

    private static String indexKey(String voice, String text) {
        return voice + '\u0000' + text;
    }

    private static boolean endsClause(String text) {
        return ",;:.!?".indexOf(text.charAt(text.length() - 1)) >= 0;
    }

    private static int words(String normal) {
        return normal.isEmpty() ? 0 : normal.split(" ").length;
    }

    private static String normal(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }
}
