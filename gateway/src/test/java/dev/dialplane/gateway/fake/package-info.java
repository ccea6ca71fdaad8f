/** The gateway's neighbors, as simple as their contracts allow: an agent, an operator, a carrier. */
@NullMarked
package dev.dialplane.gateway.fake;

import org.jspecify.annotations.NullMarked;
