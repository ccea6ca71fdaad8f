/** The caller's audio on its way to the agent: put in order, on the carrier's time base, without gaps. */
@NullMarked
package dev.dialplane.gateway.ingress;

import org.jspecify.annotations.NullMarked;
