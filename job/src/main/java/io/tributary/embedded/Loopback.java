package io.tributary.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Addresses of this machine that no other machine can reach. */
final class Loopback {
    static final String HOST = "127.0.0.1";

    private Loopback() {}

    /**
     * A port that is free now.
     *
     * @param server what will listen there, for the error
     * @param wanted the port, or 0 for any
     * @throws IOException if the wanted port is taken
     */
    static int port(String server, int wanted) throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted));
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IOException(
                    "Port " + wanted + " on " + HOST + " is taken, so " + server
                            + " cannot listen there: end the other program or name another port, or 0 for any free one",
                    e);
        }
    }
}
