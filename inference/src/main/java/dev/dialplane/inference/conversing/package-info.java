/** A conversation that a model remembers by itself: what was said, and what was heard of it. */
@NullMarked
package dev.dialplane.inference.conversing;

import org.jspecify.annotations.NullMarked;
