package dev.dialplane.gateway.carrier.twilio;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How Twilio reaches this gateway.
 *
 * @param publicUrl as Twilio sees it, {@code https://host}; null if it does not come here
 * @param authTokens a file with the account's auth token, or a directory of such files; null likewise
 * @param webhookLimit how long a webhook may wait for an agent; Twilio itself gives up after 15 s
 * @param reservation how long an agent is held for the media socket
 * @param startTimeout how long a socket may take to say start
 * @param faultsInARow so many messages that cannot be read, one after another, end the call
 */
public record TwilioSettings(
        @Nullable URI publicUrl,
        @Nullable Path authTokens,
        Duration webhookLimit,
        Duration reservation,
        Duration startTimeout,
        int faultsInARow) {}
