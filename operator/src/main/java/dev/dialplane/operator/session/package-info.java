/** What is written down about each call. */
@NullMarked
package dev.dialplane.operator.session;

import org.jspecify.annotations.NullMarked;
