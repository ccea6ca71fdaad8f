/** {@code VoiceAgentPool}: agents that answer alike. */
@NullMarked
package dev.dialplane.crds.pool;

import org.jspecify.annotations.NullMarked;
