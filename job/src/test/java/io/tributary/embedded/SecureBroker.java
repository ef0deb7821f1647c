package io.tributary.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * A real broker that lets nobody in without TLS, a password and rights: one listener with a sound certificate, one whose
 * certificate has expired, and one without security for the test itself.
 */
public final class SecureBroker implements AutoCloseable {
    private static final String KEYSTORE_PASSWORD = "keystore-of-the-broker";
    private static final int SCRAM_ITERATIONS = 4096;

    private final Path folder;
    private final Process process;
    private final String servers;
    private final String expiredServers;
    private final Admin admin;

    private SecureBroker(Path folder, Process process, int openPort, int port, int expiredPort) {
        this.folder = folder;
        this.process = process;
        this.servers = Loopback.HOST + ":" + port;
        this.expiredServers = Loopback.HOST + ":" + expiredPort;
        this.admin = Admin.create(Map.of("bootstrap.servers", (Object) (Loopback.HOST + ":" + openPort)));
    }

    public static SecureBroker start(Path folder) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        authority(folder);
        certificate(folder, "sound", "-1d", 30);
        certificate(folder, "expired", "-9d", 2);
        int open = Loopback.port("a test", 0);
        int port = Loopback.port("a test", 0);
        int expired = Loopback.port("a test", 0);
        int controller = Loopback.port("a test", 0);
        Path properties = folder.resolve("server.properties");
        BrokerProperties.write(properties, folder.resolve("data"), open, controller);
        // The last line for a key counts.
        Files.writeString(properties, security(folder, open, port, expired, controller), StandardOpenOption.APPEND);
        Process process = new ProcessBuilder(
                        Broker.command(System.getProperty("java.class.path"), properties, List.of()))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("kafka.log").toFile())
                .start();
        SecureBroker broker = new SecureBroker(folder, process, open, port, expired);
        try {
            broker.admin.describeCluster().nodes().get();
        } catch (ExecutionException e) {
            broker.close();
            throw new IOException("The broker did not come up:\n" + LogEnd.of(folder.resolve("kafka.log")), e);
        }
        return broker;
    }

    private static String security(Path folder, int open, int port, int expired, int controller) {
        return """
                listeners=OPEN://127.0.0.1:%1$d,SOUND://127.0.0.1:%2$d,EXPIRED://127.0.0.1:%3$d,CONTROLLER://127.0.0.1:%4$d
                listener.security.protocol.map=OPEN:PLAINTEXT,CONTROLLER:PLAINTEXT,SOUND:SASL_SSL,EXPIRED:SASL_SSL
                inter.broker.listener.name=OPEN
                sasl.enabled.mechanisms=SCRAM-SHA-256,PLAIN
                listener.name.sound.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
                listener.name.sound.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_plain="plain-secret";
                listener.name.expired.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
                listener.name.expired.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required;
                listener.name.sound.ssl.keystore.location=%5$s/sound.p12
                listener.name.expired.ssl.keystore.location=%5$s/expired.p12
                ssl.keystore.type=PKCS12
                listener.name.sound.ssl.keystore.password=%6$s
                listener.name.expired.ssl.keystore.password=%6$s
                authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
                super.users=User:ANONYMOUS
                """
                .formatted(open, port, expired, controller, folder, KEYSTORE_PASSWORD);
    }

    /** An authority of its own: what a client trusts by itself, it takes even after its end. */
    private static void authority(Path folder) throws IOException, InterruptedException {
        store(folder, "authority", "-genkeypair", "-keyalg", "EC", "-dname", "CN=authority", "-ext", "bc:c");
        store(folder, "authority", "-exportcert", "-rfc", "-file", pem(folder, "authority"));
    }

    /** A key with a certificate that the authority has signed. */
    private static void certificate(Path folder, String name, String start, int days)
            throws IOException, InterruptedException {
        String request = folder.resolve(name + ".csr").toString();
        store(folder, name, "-genkeypair", "-keyalg", "EC", "-dname", "CN=127.0.0.1");
        store(folder, name, "-certreq", "-file", request);
        store(
                folder,
                "authority",
                "-gencert",
                "-rfc",
                "-infile",
                request,
                "-outfile",
                pem(folder, name),
                "-ext",
                "SAN=IP:127.0.0.1",
                "-startdate",
                start,
                "-validity",
                String.valueOf(days));
        Files.writeString(
                folder.resolve(name + ".pem"),
                Files.readString(folder.resolve(name + ".pem")) + Files.readString(folder.resolve("authority.pem")));
        store(folder, name, "-importcert", "-noprompt", "-file", pem(folder, name));
    }

    private static String pem(Path folder, String name) {
        return folder.resolve(name + ".pem").toString();
    }

    private static void store(Path folder, String name, String... arguments) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("-alias", name, "-storetype", "PKCS12"));
        all.addAll(List.of("-keystore", folder.resolve(name + ".p12").toString(), "-storepass", KEYSTORE_PASSWORD));
        keytool(all);
    }

    private static void keytool(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(arguments);
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(keytool.getInputStream().readAllBytes(), UTF_8);
        if (keytool.waitFor() != 0) {
            throw new IOException("keytool: " + said);
        }
    }

    /** With the sound certificate. */
    public String servers() {
        return servers;
    }

    /** With the certificate that has expired. */
    public String expiredServers() {
        return expiredServers;
    }

    /** The certificate of the authority. */
    public Path trusted() {
        return folder.resolve("authority.pem");
    }

    public void user(String name, String password) throws Exception {
        var credential = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, SCRAM_ITERATIONS);
        admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(name, credential, password)))
                .all()
                .get();
    }

    /** Lets a user do something with all topics, groups and the rest whose names begin so. */
    public void allow(String user, ResourceType type, String prefix, AclOperation... operations) throws Exception {
        List<AclBinding> bindings = new ArrayList<>();
        for (AclOperation operation : operations) {
            bindings.add(new AclBinding(
                    new ResourcePattern(type, prefix, PatternType.PREFIXED),
                    new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW)));
        }
        admin.createAcls(bindings).all().get();
    }

    /** Takes rights on one topic, whatever is allowed. */
    public void deny(String user, String topic, AclOperation operation) throws Exception {
        admin.createAcls(List.of(new AclBinding(
                        new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
                        new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.DENY))))
                .all()
                .get();
    }

    /** Takes all rights from everybody. */
    public void forbidAll() throws Exception {
        admin.deleteAcls(List.of(AclBindingFilter.ANY)).all().get();
    }

    public void topics(String... names) throws Exception {
        admin.createTopics(List.of(names).stream()
                        .map(name -> new NewTopic(name, 1, (short) 1))
                        .toList())
                .all()
                .get();
    }

    public String log() throws IOException {
        return Files.readString(folder.resolve("kafka.log"));
    }

    @Override
    public void close() throws IOException {
        admin.close();
        process.getOutputStream().close();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
