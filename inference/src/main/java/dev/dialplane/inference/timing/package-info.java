/** Time as the models see it: a clock that can be replaced and work that is done later. */
@NullMarked
package dev.dialplane.inference.timing;

import org.jspecify.annotations.NullMarked;
