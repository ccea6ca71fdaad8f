package dev.dialplane.inference.answers;

import dev.dialplane.contracts.common.v1.Answer;
import dev.dialplane.inference.speaking.Clauses;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which of a pool's answers a caller asks for: the one whose examples are nearest in meaning, by sentence embeddings, with
 * a second vote by the words themselves, the rarer the weightier.
 */
final class Understanding {
    /**
     * An answer and how well it fits.
     *
     * @param answer its index in the pool
     * @param score about 0 to 1
     */
    record Candidate(int answer, double score) {}

    private static final double BY_MEANING = 0.75;
    private static final double BY_WORDS = 0.25;
    /** An answer that is near by several of its examples is a little likelier. */
    private static final double SECOND_EXAMPLE = 0.15;
    /** What is said in a part of an utterance counts a little less than what the whole says. */
    private static final double PART = 0.03;

    private static final int MAX_PARTS = 3;
    private static final Set<String> STOP_WORDS = Set.of(
            "a", "an", "the", "i", "you", "your", "my", "me", "we", "it", "is", "are", "am", "do", "does", "did", "can",
            "could", "would", "will", "to", "for", "of", "in", "on", "at", "and", "or", "please", "like", "want",
            "know", "tell", "what", "be", "there", "have", "has", "that", "this", "with", "if", "so", "s", "d", "m",
            "t", "re");

    private record Example(int answer, float[] meaning, Map<String, Double> words) {}

    private final SentenceEmbedder embedder;
    private final int answers;
    private final List<Example> examples = new ArrayList<>();
    private final Map<String, Double> weights;
    private final double rareWeight;

    Understanding(List<Answer> pool, SentenceEmbedder embedder) {
        this.embedder = embedder;
        answers = pool.size();
        Map<String, Integer> inAnswers = new HashMap<>();
        for (Answer answer : pool) {
            Set<String> stems = new HashSet<>();
            answer.getWhenList().forEach(when -> stems.addAll(stems(when)));
            stems.forEach(stem -> inAnswers.merge(stem, 1, Integer::sum));
        }
        weights = new HashMap<>();
        inAnswers.forEach((stem, count) -> weights.put(stem, Math.log(1 + (double) answers / count)));
        rareWeight = Math.log(1 + (double) Math.max(1, answers));
        for (int i = 0; i < pool.size(); i++) {
            for (String when : pool.get(i).getWhenList()) {
                examples.add(new Example(i, embedder.embed(when), words(when)));
            }
        }
    }

    /** The pool's answers, the best first. */
    List<Candidate> rank(String said) {
        double[] best = new double[answers];
        double[] second = new double[answers];
        List<String> parts = parts(said);
        for (int i = 0; i < parts.size(); i++) {
            String part = parts.get(i);
            float[] meaning = embedder.embed(part);
            Map<String, Double> words = words(part);
            double discount = i == 0 ? 0 : PART;
            double[] top = new double[answers];
            double[] next = new double[answers];
            for (Example example : examples) {
                double score = BY_MEANING * cosine(meaning, example.meaning())
                        + BY_WORDS * overlap(words, example.words())
                        - discount;
                int answer = example.answer();
                if (score > top[answer]) {
                    next[answer] = top[answer];
                    top[answer] = score;
                } else if (score > next[answer]) {
                    next[answer] = score;
                }
            }
            for (int answer = 0; answer < answers; answer++) {
                if (top[answer] > best[answer]) {
                    best[answer] = top[answer];
                    second[answer] = next[answer];
                }
            }
        }
        List<Candidate> candidates = new ArrayList<>();
        for (int answer = 0; answer < answers; answer++) {
            double score = Math.max(
                    best[answer],
                    (1 - SECOND_EXAMPLE) * best[answer] + SECOND_EXAMPLE * second[answer] + 0.03 * second[answer]);
            candidates.add(new Candidate(answer, score));
        }
        candidates.sort(Comparator.comparingDouble(Candidate::score).reversed());
        return candidates;
    }

    /** All of it first, then its sentences, if there are several with something in them. */
    private static List<String> parts(String said) {
        List<String> parts = new ArrayList<>();
        parts.add(Cues.withoutLead(said));
        List<String> sentences = Clauses.sentences(said);
        for (String sentence : sentences) {
            if (sentences.size() > 1
                    && parts.size() <= MAX_PARTS
                    && stems(sentence).size() >= 1) {
                parts.add(Cues.withoutLead(sentence));
            }
        }
        return parts;
    }

    private Map<String, Double> words(String text) {
        Map<String, Double> words = new HashMap<>();
        stems(text).forEach(stem -> words.put(stem, weights.getOrDefault(stem, rareWeight)));
        return words;
    }

    private static Set<String> stems(String text) {
        Set<String> stems = new HashSet<>();
        for (String word : Cues.plain(text).split("[ ']")) {
            if (!word.isEmpty() && !STOP_WORDS.contains(word)) {
                stems.add(stem(word));
            }
        }
        return stems;
    }

    private static String stem(String word) {
        for (String suffix : List.of("ing", "ed", "es", "s")) {
            if (word.length() > suffix.length() + 2 && word.endsWith(suffix)) {
                return word.substring(0, word.length() - suffix.length());
            }
        }
        return word;
    }

    private static double overlap(Map<String, Double> one, Map<String, Double> other) {
        double shared = 0;
        for (Map.Entry<String, Double> word : one.entrySet()) {
            if (other.containsKey(word.getKey())) {
                shared += word.getValue() * word.getValue();
            }
        }
        return shared == 0 ? 0 : shared / (length(one) * length(other));
    }

    private static double length(Map<String, Double> words) {
        return Math.sqrt(words.values().stream().mapToDouble(it -> it * it).sum());
    }

    private static double cosine(float[] one, float[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += one[i] * other[i];
        }
        return sum;
    }
}
