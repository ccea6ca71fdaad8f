package dev.dialplane.inference.hearing;

import java.time.Duration;
import java.util.List;

/**
 * What a call wants of a recognizer.
 *
 * @param callId shares its place in queues with the call's other requests
 * @param finishedUtterances how many of the call's utterances were heard on earlier streams
 * @param language BCP 47
 * @param sampleRate of the samples that follow, in Hz
 * @param hints words that are likely
 * @param partials whether to report before the end
 * @param partialInterval partials no more often than this; zero leaves it to the model
 */
public record HearingRequest(
        String callId,
        int finishedUtterances,
        String language,
        int sampleRate,
        List<String> hints,
        boolean partials,
        Duration partialInterval) {}
