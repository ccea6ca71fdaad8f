/** The carrier's side of Twilio: webhook, TwiML, the media socket, and what the caller's ear gets of it. */
@NullMarked
package dev.dialplane.local.caller.carrier;

import org.jspecify.annotations.NullMarked;
