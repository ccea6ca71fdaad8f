/** What the operator has to write down, kept on disk until it has. */
@NullMarked
package dev.dialplane.gateway.events;

import org.jspecify.annotations.NullMarked;
