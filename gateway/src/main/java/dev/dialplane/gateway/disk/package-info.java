/** Files that survive the process. */
@NullMarked
package dev.dialplane.gateway.disk;

import org.jspecify.annotations.NullMarked;
