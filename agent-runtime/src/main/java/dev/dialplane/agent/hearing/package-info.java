/** From the carrier's frames to where speech begins and ends. */
@NullMarked
package dev.dialplane.agent.hearing;

import org.jspecify.annotations.NullMarked;
