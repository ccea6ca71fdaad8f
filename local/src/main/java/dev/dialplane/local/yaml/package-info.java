/** YAML that people write by hand, read with limits. */
@NullMarked
package dev.dialplane.local.yaml;

import org.jspecify.annotations.NullMarked;
