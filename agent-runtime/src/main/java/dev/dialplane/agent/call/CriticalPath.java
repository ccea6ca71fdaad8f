package dev.dialplane.agent.call;

import dev.dialplane.contracts.common.v1.ResponseTime;

/**
 * When each thing happened on the way from the end of the caller's speech to the first sample of the reply; ns of the
 * loop's time. A stage that was done before the one ahead of it took no time of its own: recognition and the reply may
 * begin before it is decided that the caller has finished.
 *
 * @param speechEnded the caller's last sound was spoken
 * @param decided the caller had finished
 * @param transcribed the transcript that the reply answers was there
 * @param firstClause the reply's first clause was
 * @param firstAudio the first audio of that clause was
 * @param left the first sample left the agent
 */
public record CriticalPath(
        long speechEnded, long decided, long transcribed, long firstClause, long firstAudio, long left) {
    /** The parts, which add up to the total. */
    public ResponseTime toProto() {
        long toDecision = Math.max(speechEnded, decided);
        long toTranscript = Math.max(toDecision, transcribed);
        long toClause = Math.max(toTranscript, firstClause);
        long toAudio = Math.max(toClause, firstAudio);
        long end = Math.max(toAudio, left);
        return ResponseTime.newBuilder()
                .setTotalMs(millis(end - speechEnded))
                .setSilenceMs(millis(toDecision - speechEnded))
                .setSttMs(millis(toTranscript - toDecision))
                .setLlmMs(millis(toClause - toTranscript))
                .setTtsMs(millis(toAudio - toClause))
                .setOursMs(millis(end - toAudio))
                .build();
    }

    private static double millis(long nanos) {
        return nanos / 1e6;
    }
}
