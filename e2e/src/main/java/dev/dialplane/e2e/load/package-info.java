/** Calls that come on a schedule, whatever became of those before. */
@NullMarked
package dev.dialplane.e2e.load;

import org.jspecify.annotations.NullMarked;
