/** An agent's life: its states, what leads from one to the next, and the deadline of each. */
@NullMarked
package dev.dialplane.agent.life;

import org.jspecify.annotations.NullMarked;
