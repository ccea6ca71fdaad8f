/** A pool's HTTP tools: called here, because here are the secrets. */
@NullMarked
package dev.dialplane.inference.tools;

import org.jspecify.annotations.NullMarked;
