/** Dialogue without a language model: what the caller means, what is still to be asked, what to say. */
@NullMarked
package dev.dialplane.inference.answers;

import org.jspecify.annotations.NullMarked;
