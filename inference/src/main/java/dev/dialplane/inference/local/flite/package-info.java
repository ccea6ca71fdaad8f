/** The voice flite, where that is installed. */
@NullMarked
package dev.dialplane.inference.local.flite;

import org.jspecify.annotations.NullMarked;
