package dev.dialplane.local.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Random;

/**
 * Free TCP ports on 127.0.0.1, below the range that Linux takes for outgoing connections (32768 and up), so that a
 * server that is stopped for a while finds its port free again.
 */
final class FreePorts {
    private static final int LOWEST = 20_000;
    private static final int COUNT = 12_000;
    private static final int TRIES = 200;

    private FreePorts() {}

    static int take() throws IOException {
        Random random = new Random();
        for (int i = 0; i < TRIES; i++) {
            int port = LOWEST + random.nextInt(COUNT);
            try (ServerSocket socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
                return port;
            } catch (IOException e) {
                continue; // in use
            }
        }
        throw new IOException(
                "no free port between " + LOWEST + " and " + (LOWEST + COUNT) + " in " + TRIES + " tries");
    }
}
