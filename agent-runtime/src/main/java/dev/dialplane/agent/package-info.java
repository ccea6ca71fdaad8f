/** An agent: one process that holds one phone call at a time. Starts here; what it does is in the packages below. */
@NullMarked
package dev.dialplane.agent;

import org.jspecify.annotations.NullMarked;
