package io.tributary.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;

/** An S3-compatible store as a process of its own, with one bucket that is empty. */
final class ObjectStore {
    static final String BUCKET = "tributary";

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String S3MOCK = "--com.adobe.testing.s3mock.";

    private final Process process;
    private final URI address;

    private ObjectStore(Process process, URI address) {
        this.process = process;
        this.address = address;
    }

    /** Begins to start it, from where the build puts its jar: see {@link #await}. */
    static ObjectStore start(Path data) throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-jar",
                        Path.of("target", "object-store", "s3mock.jar").toString(),
                        "--server.address=127.0.0.1",
                        "--server.port=0",
                        S3MOCK + "httpPort=" + port,
                        S3MOCK + "store.root=" + data,
                        S3MOCK + "store.initialBuckets=" + BUCKET)
                .redirectErrorStream(true)
                .redirectOutput(data.resolveSibling("object-store.log").toFile())
                .start();
        return new ObjectStore(process, URI.create("http://127.0.0.1:" + port));
    }

    /** Where it is, as a setting of Flink. */
    URI address() {
        return address;
    }

    /** Until the bucket is there. */
    void await() {
        HttpRequest request =
                HttpRequest.newBuilder(address.resolve("/" + BUCKET)).build();
        HttpClient client = HttpClient.newHttpClient();
        Awaitility.await()
                .atMost(LIMIT)
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> client.send(request, BodyHandlers.discarding()).statusCode() == 200 || !process.isAlive());
        if (!process.isAlive()) {
            throw new IllegalStateException("The object store ended with status " + process.exitValue());
        }
    }

    void stop() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }
}
