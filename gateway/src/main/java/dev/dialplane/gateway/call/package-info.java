/** One call: the carrier's line on one side, the agent's on the other. */
@NullMarked
package dev.dialplane.gateway.call;

import org.jspecify.annotations.NullMarked;
