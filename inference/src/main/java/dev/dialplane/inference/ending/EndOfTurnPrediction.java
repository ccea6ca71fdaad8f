package dev.dialplane.inference.ending;

/**
 * What a model thinks.
 *
 * @param finished how likely it is that the caller has finished, 0 to 1
 * @param queueMs the time for which it waited, in ms
 * @param computeMs the time that it took, in ms
 */
public record EndOfTurnPrediction(float finished, int queueMs, int computeMs) {}
