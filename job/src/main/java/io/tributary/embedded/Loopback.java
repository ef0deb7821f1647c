package io.tributary.embedded;

import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Addresses of this machine that no other machine can reach. */
final class Loopback {
    static final String HOST = "127.0.0.1";

    private static final int FIRST_LASTING = 20_000;
    private static final int END_OF_LASTING = 32_000;
    private static final int LASTING_ATTEMPTS = 100;

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
            throw new Failure(
                    ErrorCode.PORT_TAKEN,
                    "Port " + wanted + " on " + HOST + " is taken, so " + server
                            + " cannot listen there: end the other program or name another port, or 0 for any free one",
                    e);
        }
    }

    static boolean isFree(int port) {
        try {
            return port("a test", port) == port;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * A free port that outgoing connections do not take while its server is down, as they do with those that the system
     * gives out (from 32768 on): a client that tries to reach the server again and again may even connect to itself.
     *
     * @throws IOException if none of many is free
     */
    static int lastingPort(String server) throws IOException {
        for (int attempt = 0; attempt < LASTING_ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST_LASTING, END_OF_LASTING);
            if (isFree(port)) {
                return port;
            }
        }
        throw new Failure(
                ErrorCode.PORT_TAKEN,
                "No port of " + LASTING_ATTEMPTS + " from " + FIRST_LASTING + " to " + END_OF_LASTING + " on " + HOST
                        + " is free, so " + server + " cannot listen: name a port");
    }
}
