/** A pool's agent as the other processes are told of it, and what can be wrong with it. */
@NullMarked
package dev.dialplane.operator.agentspec;

import org.jspecify.annotations.NullMarked;
