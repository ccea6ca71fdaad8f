/** Speech synthesis, as every provider offers it. */
@NullMarked
package dev.dialplane.inference.speaking;

import org.jspecify.annotations.NullMarked;
