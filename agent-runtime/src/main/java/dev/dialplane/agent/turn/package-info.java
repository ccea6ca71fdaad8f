/** Turn-taking as pure policies: when a turn ends, what an interruption is. */
@NullMarked
package dev.dialplane.agent.turn;

import org.jspecify.annotations.NullMarked;
