/** What the gateway signs: paths for carriers, tokens for inference, and the ids of calls. */
@NullMarked
package dev.dialplane.gateway.token;

import org.jspecify.annotations.NullMarked;
