/** The conductor of one call: who has the floor, and what happens next. */
@NullMarked
package dev.dialplane.agent.call;

import org.jspecify.annotations.NullMarked;
