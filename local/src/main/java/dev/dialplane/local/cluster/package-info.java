/** A real etcd and kube-apiserver on this machine, with real authentication. */
@NullMarked
package dev.dialplane.local.cluster;

import org.jspecify.annotations.NullMarked;
