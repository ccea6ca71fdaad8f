/** Where a pool lets things be, judged alike by all who have to: {@link dev.dialplane.contracts.residency.Residency}. */
@NullMarked
package dev.dialplane.contracts.residency;

import org.jspecify.annotations.NullMarked;
