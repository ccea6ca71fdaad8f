/** The stream to the operator: what is happening goes up, agents, pools and orders come down. */
@NullMarked
package dev.dialplane.gateway.attach;

import org.jspecify.annotations.NullMarked;
