/** Which of several operators acts: the one that holds the Lease, while it can say so. */
@NullMarked
package dev.dialplane.operator.leader;

import org.jspecify.annotations.NullMarked;
