/** The world around an operator under test: a real API server, the operator's own process, a node and a gateway. */
@NullMarked
package dev.dialplane.operator.world;

import org.jspecify.annotations.NullMarked;
