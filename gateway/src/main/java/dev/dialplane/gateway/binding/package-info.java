/** Which agent takes a call: agents and their states, picks, offers, and the queue of those who wait. */
@NullMarked
package dev.dialplane.gateway.binding;

import org.jspecify.annotations.NullMarked;
