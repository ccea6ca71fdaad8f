/** The gateways that are attached: what they know, what they tell, and what they are ordered to do. */
@NullMarked
package dev.dialplane.operator.gateways;

import org.jspecify.annotations.NullMarked;
