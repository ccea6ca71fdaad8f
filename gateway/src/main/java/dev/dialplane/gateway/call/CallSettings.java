package dev.dialplane.gateway.call;

import java.time.Duration;

/**
 * Times of a call.
 *
 * @param mediaTimeout without a frame of the carrier's for so long, the call ends
 * @param agentSilence without a word of the agent's for so long, it is lost; far beyond any pause of its process
 * @param openTimeout how long an agent that accepted may take to open the stream
 * @param summaryWait how long its summary is waited for
 * @param politeWait how long it may take to say goodbye
 * @param offerExpiry how long an offer waits for its stream
 * @param reconnectGrace how long an agent holds a call whose stream broke
 */
public record CallSettings(
        Duration mediaTimeout,
        Duration agentSilence,
        Duration openTimeout,
        Duration summaryWait,
        Duration politeWait,
        Duration offerExpiry,
        Duration reconnectGrace) {}
