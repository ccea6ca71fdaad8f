/** Which providers and models there are, and what was prepared for a pool. */
@NullMarked
package dev.dialplane.inference.model;

import org.jspecify.annotations.NullMarked;
