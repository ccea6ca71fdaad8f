package dev.dialplane.agent.call;

import dev.dialplane.contracts.common.v1.ResponseTime;
import dev.dialplane.contracts.common.v1.Usage;
import dev.dialplane.contracts.inference.v1.GenerateDone;
import java.util.ArrayList;
import java.util.List;

/** What a call came to: counted while it lasts, reported at its end. */
final class Tally {
    /** A call has some dozens of replies; a list of all of a very long one would not fit a message. */
    private static final int MOST_RESPONSES = 2000;

    private final List<ResponseTime> responses = new ArrayList<>();
    private int interruptions;
    private double heardSeconds;
    private double saidSeconds;
    private double recognizedSeconds;
    private long inputTokens;
    private long outputTokens;
    private long spokenCharacters;

    void heard(double seconds) {
        heardSeconds += seconds;
    }

    void said(double seconds) {
        saidSeconds += seconds;
    }

    void recognized(double seconds) {
        recognizedSeconds += seconds;
    }

    void generated(GenerateDone done) {
        inputTokens += done.getInputTokens();
        outputTokens += done.getOutputTokens();
    }

    void spoken(int characters) {
        spokenCharacters += characters;
    }

    void interrupted() {
        interruptions++;
    }

    void responded(ResponseTime response) {
        if (responses.size() < MOST_RESPONSES) {
            responses.add(response);
        }
    }

    int interruptions() {
        return interruptions;
    }

    List<ResponseTime> responses() {
        return responses;
    }

    Usage usage() {
        return Usage.newBuilder()
                .setAudioSeconds(Math.max(heardSeconds, saidSeconds))
                .setSttSeconds(recognizedSeconds)
                .setLlmInputTokens(inputTokens)
                .setLlmOutputTokens(outputTokens)
                .setTtsCharacters(spokenCharacters)
                .build();
    }
}
