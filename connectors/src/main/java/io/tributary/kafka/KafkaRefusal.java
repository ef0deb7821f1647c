package io.tributary.kafka;

import java.util.Optional;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.jspecify.annotations.Nullable;

/** Why Kafka turns a client away: what no second try mends, but a person. */
public final class KafkaRefusal {
    private KafkaRefusal() {}

    /**
     * A sentence that says where and why a client was turned away, and what to look at; empty for any other failure.
     *
     * @param failure with the refusal among its causes
     * @param servers as {@code host:port,...}
     */
    public static Optional<String> of(Throwable failure, String servers) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            Optional<String> why = why(cause, servers);
            if (why.isPresent()) {
                return why;
            }
        }
        return Optional.empty();
    }

    /** What ends a job at once, if this is a refusal; empty for any other failure, which a restart may mend. */
    static Optional<RuntimeException> ending(Exception failure, String servers) {
        // What a job shows of a failure is the innermost cause, so this has none.
        return of(failure, servers).map(sentence -> new SuppressRestartsException(new IllegalStateException(sentence)));
    }

    private static Optional<String> why(Throwable cause, String servers) {
        if (cause instanceof SaslAuthenticationException) {
            return Optional.of(
                    "The Kafka at %s does not let the user in: %s. Look at sasl.mechanism and sasl.jaas.config in the properties of Kafka"
                            .formatted(servers, cause.getMessage()));
        }
        if (cause instanceof SslAuthenticationException) {
            return Optional.of(
                    "TLS with the Kafka at %s fails: %s. Look at the certificate of the broker, and at ssl.truststore.* and ssl.keystore.* in the properties of Kafka"
                            .formatted(servers, innermost(cause).getMessage()));
        }
        if (cause instanceof TopicAuthorizationException topics) {
            return Optional.of(
                    "The user that the properties of Kafka name may not use the topics %s of the Kafka at %s: give it an ACL on them (docs/security.md)"
                            .formatted(topics.unauthorizedTopics(), servers));
        }
        if (cause instanceof GroupAuthorizationException group) {
            return Optional.of(
                    "The user that the properties of Kafka name may not use the group '%s' of the Kafka at %s: give it an ACL on it (docs/security.md)"
                            .formatted(group.groupId(), servers));
        }
        if (cause instanceof AuthorizationException) {
            return Optional.of(
                    "The user that the properties of Kafka name may not do this in the Kafka at %s: %s (docs/security.md)"
                            .formatted(servers, cause.getMessage()));
        }
        if (cause instanceof RecordTooLargeException) {
            return Optional.of(
                    "A topic of the Kafka at %s does not take so long a record: %s. Raise its max.message.bytes"
                            .formatted(servers, cause.getMessage()));
        }
        if (cause instanceof ConfigException) {
            return Optional.of("The properties of Kafka cannot be used: " + cause.getMessage());
        }
        return Optional.empty();
    }

    private static Throwable innermost(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause == null ? failure : innermost(cause);
    }
}
