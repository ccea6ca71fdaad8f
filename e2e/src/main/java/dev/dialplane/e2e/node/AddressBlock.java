package dev.dialplane.e2e.node;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/**
 * One /16 of loopback addresses, so that several benches can run on a machine and none takes an address of {@code ./run}
 * (127.77.0.0/16). All of 127.0.0.0/8 is loopback on Linux.
 */
final class AddressBlock implements AutoCloseable {
    private static final int FIRST = 100;
    private static final int COUNT = 100;
    /** Held on the block's last address for as long as the block is in use. The kernel frees it with the process. */
    private static final int CLAIM_PORT = 7077;

    /** Addresses of one node, from 1 on in its /24: a little more than the 110 pods of a usual node. */
    static final int SLOTS = 125;

    private final int block;
    private final ServerSocket claim;

    private AddressBlock(int block, ServerSocket claim) {
        this.block = block;
        this.claim = claim;
    }

    /**
     * Takes the first free block.
     *
     * @throws IOException if all are taken
     */
    static AddressBlock claim() throws IOException {
        for (int block = FIRST; block < FIRST + COUNT; block++) {
            ServerSocket socket = new ServerSocket();
            try {
                socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127." + block + ".255.254"), CLAIM_PORT));
                return new AddressBlock(block, socket);
            } catch (IOException e) {
                socket.close();
            }
        }
        throw new IOException("all blocks of loopback addresses for simulated nodes are in use");
    }

    /**
     * An address of a node.
     *
     * @param node 0 to 249
     * @param slot 0 to {@link #SLOTS} - 1
     */
    String address(int node, int slot) {
        return "127.%d.%d.%d".formatted(block, node, slot + 1);
    }

    @Override
    public void close() {
        try {
            claim.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
