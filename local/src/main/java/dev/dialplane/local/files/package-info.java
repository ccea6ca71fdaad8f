/** Files and directories. */
@NullMarked
package dev.dialplane.local.files;

import org.jspecify.annotations.NullMarked;
