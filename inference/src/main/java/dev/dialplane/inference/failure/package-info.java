/** How a request to a model fails, typed for whoever has to act on it. */
@NullMarked
package dev.dialplane.inference.failure;

import org.jspecify.annotations.NullMarked;
