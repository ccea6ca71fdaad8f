/** Who calls: the token that a gateway signs for a call, and what it says. */
@NullMarked
package dev.dialplane.inference.call;

import org.jspecify.annotations.NullMarked;
