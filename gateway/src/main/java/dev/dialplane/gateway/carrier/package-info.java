/** What carriers have in common, and what they differ in, as data. */
@NullMarked
package dev.dialplane.gateway.carrier;

import org.jspecify.annotations.NullMarked;
