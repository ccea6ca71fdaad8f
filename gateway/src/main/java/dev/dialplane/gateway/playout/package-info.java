/** The agent's audio on its way to the carrier: framed, paced on one clock, cleared, and its position reported. */
@NullMarked
package dev.dialplane.gateway.playout;

import org.jspecify.annotations.NullMarked;
