/** The container images of Dialplane's four processes, made of what the other modules built. */
@NullMarked
package dev.dialplane.images;

import org.jspecify.annotations.NullMarked;
