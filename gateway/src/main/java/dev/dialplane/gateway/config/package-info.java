/** The keys of the configuration, and the check of their values. */
@NullMarked
package dev.dialplane.gateway.config;

import org.jspecify.annotations.NullMarked;
