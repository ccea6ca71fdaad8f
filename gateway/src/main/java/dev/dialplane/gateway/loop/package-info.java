/** Threads that own state: one thread each, so that what they own needs no locks. */
@NullMarked
package dev.dialplane.gateway.loop;

import org.jspecify.annotations.NullMarked;
