package dev.dialplane.inference.answers;

/** Turns a sentence into a vector of length 1, so that what means alike points alike. Safe for several threads. */
@FunctionalInterface
public interface SentenceEmbedder {
    float[] embed(String sentence);
}
