/** From text to numbered audio at the carrier's pace, and how far of it the caller heard. */
@NullMarked
package dev.dialplane.agent.speaking;

import org.jspecify.annotations.NullMarked;
