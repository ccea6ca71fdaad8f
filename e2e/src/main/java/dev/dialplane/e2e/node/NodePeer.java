package dev.dialplane.e2e.node;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** One end of the socket between a process of simulated nodes and its bench. */
public final class NodePeer implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader in;
    private final BufferedWriter out;

    /** Speaks over a connected socket. */
    public NodePeer(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        out = new BufferedWriter(new OutputStreamWriter(socket.getOutputStream(), StandardCharsets.UTF_8));
    }

    /** Sends a message; one that the other end no longer wants is dropped. */
    public synchronized void send(NodeProtocol.Message message) {
        try {
            out.write(NodeProtocol.line(message));
            out.write('\n');
            out.flush();
        } catch (IOException e) {
            return; // the other process has ended, and this one will hear of it
        }
    }

    /** Hands every message on until the other end is gone. */
    public void read(Consumer<NodeProtocol.Message> to) {
        try {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                to.accept(NodeProtocol.parse(line));
            }
        } catch (IOException e) {
            return; // closed
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            return; // it is of no use any more either way
        }
    }
}
