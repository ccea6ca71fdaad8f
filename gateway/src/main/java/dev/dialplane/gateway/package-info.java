/** The wire: the process that holds the carrier's side of every call and finds an agent for it. */
@NullMarked
package dev.dialplane.gateway;

import org.jspecify.annotations.NullMarked;
