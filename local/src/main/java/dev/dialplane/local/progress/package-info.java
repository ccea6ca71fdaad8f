/** Plain lines with elapsed time about what is going on. */
@NullMarked
package dev.dialplane.local.progress;

import org.jspecify.annotations.NullMarked;
