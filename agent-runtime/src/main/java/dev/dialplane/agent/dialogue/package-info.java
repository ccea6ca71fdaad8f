/** What was said, and of that what was heard. */
@NullMarked
package dev.dialplane.agent.dialogue;

import org.jspecify.annotations.NullMarked;
