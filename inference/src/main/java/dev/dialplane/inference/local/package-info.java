/** Provider local: models that run in this process, on its CPU, shared by all calls. */
@NullMarked
package dev.dialplane.inference.local;

import org.jspecify.annotations.NullMarked;
