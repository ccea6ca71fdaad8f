/** Judging offers: which call this agent may take. */
@NullMarked
package dev.dialplane.agent.offer;

import org.jspecify.annotations.NullMarked;
