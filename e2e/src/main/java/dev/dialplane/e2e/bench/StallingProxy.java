package dev.dialplane.e2e.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/**
 * A proxy on loopback that can hold back what watches bring, so that the caches behind it go stale while requests go
 * through. It sees only TLS: a watch is a connection on which the client has been silent for a while.
 */
final class StallingProxy implements AutoCloseable {
    private static final long SILENT_NANOS = 5_000_000_000L;

    private final ServerSocket server;
    private final int target;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean stalled;

    /** @param target the port on 127.0.0.1 that it leads to */
    StallingProxy(int target) throws IOException {
        this.target = target;
        this.server = new ServerSocket(0, 256, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        threads.execute(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** Holds watches back, or lets go of what was held. */
    void stall(boolean hold) {
        stalled = hold;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                threads.execute(() -> join(client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void join(Socket client) {
        try {
            Socket upstream = new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), target);
            client.setTcpNoDelay(true);
            upstream.setTcpNoDelay(true);
            sockets.add(client);
            sockets.add(upstream);
            Pair pair = new Pair(client, upstream);
            threads.execute(() -> pair.pump(true));
            pair.pump(false);
        } catch (IOException e) {
            close(client);
        }
    }

    private void close(Socket socket) {
        sockets.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            return; // it is of no use any more either way
        }
    }

    private final class Pair {
        private final Socket client;
        private final Socket upstream;
        private volatile long clientSpoke = System.nanoTime();

        Pair(Socket client, Socket upstream) {
            this.client = client;
            this.upstream = upstream;
        }

        void pump(boolean up) {
            byte[] buffer = new byte[16_384];
            try {
                InputStream in = (up ? client : upstream).getInputStream();
                OutputStream out = (up ? upstream : client).getOutputStream();
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    if (up) {
                        clientSpoke = System.nanoTime();
                    } else {
                        while (stalled && System.nanoTime() - clientSpoke > SILENT_NANOS && !server.isClosed()) {
                            LockSupport.parkNanos(10_000_000);
                        }
                    }
                    out.write(buffer, 0, read);
                    out.flush();
                }
            } catch (IOException e) {
                // One side is gone; so is the other then.
            } finally {
                close(client);
                close(upstream);
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        Set.copyOf(sockets).forEach(this::close);
        threads.shutdownNow();
    }
}
