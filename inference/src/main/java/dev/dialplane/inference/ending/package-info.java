/** Whether a caller has finished, as models tell. */
@NullMarked
package dev.dialplane.inference.ending;

import org.jspecify.annotations.NullMarked;
