/** Dialplane installed in a cluster on this machine: its manifests, its processes, and handles to stop and start them. */
@NullMarked
package dev.dialplane.local.install;

import org.jspecify.annotations.NullMarked;
