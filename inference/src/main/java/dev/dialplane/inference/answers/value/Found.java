package dev.dialplane.inference.answers.value;

/**
 * A value and the words that say it.
 *
 * @param start the first of the words
 * @param end after the last
 */
public record Found<T>(T value, int start, int end) {}
