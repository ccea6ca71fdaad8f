/** When the caller speaks, waits and hangs up. */
@NullMarked
package dev.dialplane.local.caller.talk;

import org.jspecify.annotations.NullMarked;
