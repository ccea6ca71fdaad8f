/** Silero, the voice activity detector, in plain Java. */
@NullMarked
package dev.dialplane.agent.vad;

import org.jspecify.annotations.NullMarked;
