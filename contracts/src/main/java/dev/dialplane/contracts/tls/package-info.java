/**
 * Mutual TLS between the four processes: who is called what ({@link dev.dialplane.contracts.tls.PeerName}), and
 * certificates that are renewed on disk while their process runs ({@link dev.dialplane.contracts.tls.TlsFiles}).
 */
@NullMarked
package dev.dialplane.contracts.tls;

import org.jspecify.annotations.NullMarked;
