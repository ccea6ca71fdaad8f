package dev.dialplane.inference.answers;

/** Embeds a sentence as its words, hashed: sentences are alike as far as they have words in common. */
final class WordCounts implements SentenceEmbedder {
    private static final int SIZE = 4096;

    @Override
    public float[] embed(String sentence) {
        float[] vector = new float[SIZE];
        for (String word : Cues.plain(sentence).split("[ ']")) {
            vector[Math.floorMod(word.hashCode() * 31, SIZE)]++;
        }
        double length = 0;
        for (float value : vector) {
            length += value * value;
        }
        for (int i = 0; i < SIZE; i++) {
            vector[i] /= (float) Math.sqrt(Math.max(1e-9, length));
        }
        return vector;
    }
}
