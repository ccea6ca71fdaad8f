/** Child processes that never outlive their parent, and the list of them that a later command cleans up by. */
@NullMarked
package dev.dialplane.local.process;

import org.jspecify.annotations.NullMarked;
