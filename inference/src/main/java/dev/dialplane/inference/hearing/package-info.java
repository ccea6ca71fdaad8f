/** Speech recognition, as every provider offers it. */
@NullMarked
package dev.dialplane.inference.hearing;

import org.jspecify.annotations.NullMarked;
