package io.tributary.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** A TCP connection from this process to itself, over which messages of one length go there and back. */
public final class Loopback implements AutoCloseable {
    private final ServerSocketChannel server;
    private final SocketChannel client;
    private final SocketChannel accepted;
    private final ExecutorService other = Executors.newSingleThreadExecutor();
    private final ByteBuffer mine;
    private final ByteBuffer theirs;

    /** A connection for messages of so many bytes. */
    public Loopback(int bytes) throws IOException {
        mine = ByteBuffer.allocateDirect(bytes);
        theirs = ByteBuffer.allocateDirect(bytes);
        server = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        client = SocketChannel.open(server.getLocalAddress());
        client.setOption(StandardSocketOptions.TCP_NODELAY, true);
        accepted = server.accept();
        accepted.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    /**
     * Sends the message, has it sent back, and waits for the last byte of it.
     *
     * @param times how often, one after the other
     * @return seconds that all of them took
     */
    double roundTrips(int times) throws IOException {
        Future<?> echo = other.submit(() -> {
            for (int i = 0; i < times; i++) {
                receive(accepted, theirs);
                send(accepted, theirs);
            }
            return times;
        });
        long before = System.nanoTime();
        for (int i = 0; i < times; i++) {
            send(client, mine);
            receive(client, mine);
        }
        double seconds = (System.nanoTime() - before) / 1e9;
        await(echo);
        return seconds;
    }

    /**
     * Sends messages one behind the other, in one direction, until the last has arrived.
     *
     * @return seconds that all of them took
     */
    public double oneWay(int times) throws IOException {
        Future<?> sink = other.submit(() -> {
            for (int i = 0; i < times; i++) {
                receive(accepted, theirs);
            }
            return times;
        });
        long before = System.nanoTime();
        for (int i = 0; i < times; i++) {
            send(client, mine);
        }
        await(sink);
        return (System.nanoTime() - before) / 1e9;
    }

    private static void send(SocketChannel channel, ByteBuffer message) throws IOException {
        message.clear();
        while (message.hasRemaining()) {
            channel.write(message);
        }
    }

    private static void receive(SocketChannel channel, ByteBuffer message) throws IOException {
        message.clear();
        while (message.hasRemaining()) {
            if (channel.read(message) < 0) {
                throw new EOFException("The other end of the loopback connection has closed it");
            }
        }
    }

    private static void await(Future<?> future) throws IOException {
        try {
            future.get();
        } catch (ExecutionException e) {
            throw new IOException("The other end of the loopback connection failed: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while a message was on its way", e);
        }
    }

    @Override
    public void close() throws IOException {
        other.shutdownNow();
        client.close();
        accepted.close();
        server.close();
    }
}
