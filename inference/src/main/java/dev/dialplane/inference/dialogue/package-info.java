/** The agent's next turn, as every provider offers it. */
@NullMarked
package dev.dialplane.inference.dialogue;

import org.jspecify.annotations.NullMarked;
