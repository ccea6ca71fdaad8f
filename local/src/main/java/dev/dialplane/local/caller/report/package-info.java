/** What a call was: what the ear heard and what the agent recorded, put together. */
@NullMarked
package dev.dialplane.local.caller.report;

import org.jspecify.annotations.NullMarked;
