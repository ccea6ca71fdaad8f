package dev.dialplane.local.node;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The loopback addresses that one node gives to its pods: one of the sixteen blocks of 4,096 addresses in 127.77.0.0/16,
 * so that sixteen nodes can run on a machine. The first 256 addresses of the block are for pods that ask for one; the
 * others are handed out in turn, so that an address that was given back is used again as late as possible.
 */
public final class LoopbackAddresses implements AutoCloseable {
    private static final int BLOCKS = 16;
    private static final int BLOCK_SIZE = 4096;
    private static final int PINNED = 256;
    /** Held on the block's first address for as long as the block is in use. The kernel frees it with the process. */
    private static final int CLAIM_PORT = 7077;

    private final int block;
    private final ServerSocket claim;
    private final Map<String, String> ownerByAddress = new HashMap<>();
    private int next = PINNED;

    private LoopbackAddresses(int block, ServerSocket claim) {
        this.block = block;
        this.claim = claim;
    }

    /**
     * Takes the first free block.
     *
     * @throws IOException if all are taken
     */
    public static LoopbackAddresses claim() throws IOException {
        for (int block = 0; block < BLOCKS; block++) {
            ServerSocket socket = new ServerSocket();
            try {
                socket.bind(new InetSocketAddress(InetAddress.ofLiteral(address(block, 1)), CLAIM_PORT));
                return new LoopbackAddresses(block, socket);
            } catch (IOException e) {
                socket.close();
            }
        }
        throw new IOException("all " + BLOCKS + " blocks of 127.77.0.0/16 are in use: is './run stop' due?"
                + " (On systems other than Linux these addresses must be added to the loopback interface first.)");
    }

    /** The block's address with the given number, 2 to 255: one that a pod may ask for. */
    public String pinned(int number) {
        if (number < 2 || number >= PINNED) {
            throw new IllegalArgumentException("number " + number + ": allowed are 2 to " + (PINNED - 1));
        }
        return address(block, number);
    }

    /** Gives a pod the address it asks for; empty while another pod has it. */
    synchronized Optional<String> takePinned(String address, String pod) {
        String owner = ownerByAddress.putIfAbsent(address, pod);
        return owner == null || owner.equals(pod) ? Optional.of(address) : Optional.empty();
    }

    /** Gives a pod an address of its own; empty if all are taken. */
    synchronized Optional<String> take(String pod) {
        for (int tries = 0; tries < BLOCK_SIZE - PINNED; tries++) {
            int number = next;
            next = next + 1 == BLOCK_SIZE ? PINNED : next + 1;
            String address = address(block, number);
            if (number % 256 != 0 && number % 256 != 255 && ownerByAddress.putIfAbsent(address, pod) == null) {
                return Optional.of(address);
            }
        }
        return Optional.empty();
    }

    /** Takes back what a pod has. */
    synchronized void release(String pod) {
        ownerByAddress.values().removeIf(pod::equals);
    }

    private static String address(int block, int number) {
        int low = block * BLOCK_SIZE + number;
        return "127.77." + low / 256 + "." + low % 256;
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
