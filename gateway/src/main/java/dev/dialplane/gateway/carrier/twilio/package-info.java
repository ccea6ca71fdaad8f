/** Twilio: the voice webhook, TwiML and Media Streams. */
@NullMarked
package dev.dialplane.gateway.carrier.twilio;

import org.jspecify.annotations.NullMarked;
