/** The one thread that owns everything about a call, and its time. */
@NullMarked
package dev.dialplane.agent.loop;

import org.jspecify.annotations.NullMarked;
