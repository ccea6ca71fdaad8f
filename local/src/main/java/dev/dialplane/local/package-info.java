/** A cluster on one machine and what runs in it. */
@NullMarked
package dev.dialplane.local;

import org.jspecify.annotations.NullMarked;
