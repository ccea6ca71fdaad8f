/** Fair, bounded waiting for the cores that the models share. */
@NullMarked
package dev.dialplane.inference.queue;

import org.jspecify.annotations.NullMarked;
