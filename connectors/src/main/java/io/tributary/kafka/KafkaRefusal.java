package io.tributary.kafka;

import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
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
    public static Optional<Failure> of(Throwable failure, String servers) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            Optional<Failure> why = why(cause, servers);
            if (why.isPresent()) {
                return why;
            }
        }
        return Optional.empty();
    }

    /**
     * What to say of any failure of a client.
     *
     * @param otherwise if Kafka does not answer, or not as it should
     */
    public static Failure of(Throwable failure, String servers, String otherwise) {
        Failure said = of(failure, servers).orElseGet(() -> new Failure(ErrorCode.KAFKA_SILENT, otherwise));
        said.initCause(failure);
        return said;
    }

    /** What ends a job at once, if this is a refusal; empty for any other failure, which a restart may mend. */
    static Optional<RuntimeException> ending(Exception failure, String servers) {
        // What a job shows of a failure is the innermost cause, so this has none.
        return of(failure, servers).map(SuppressRestartsException::new);
    }

    private static Optional<Failure> why(Throwable cause, String servers) {
        if (cause instanceof SaslAuthenticationException) {
            return failure(
                    ErrorCode.KAFKA_LOGIN,
                    "The Kafka at %s does not let the user in: %s. Look at sasl.mechanism and sasl.jaas.config in the properties of Kafka"
                            .formatted(servers, cause.getMessage()));
        }
        if (cause instanceof SslAuthenticationException) {
            return failure(
                    ErrorCode.KAFKA_TLS,
                    "TLS with the Kafka at %s fails: %s. Look at the certificate of the broker, and at ssl.truststore.* and ssl.keystore.* in the properties of Kafka"
                            .formatted(servers, innermost(cause).getMessage()));
        }
        if (cause instanceof TopicAuthorizationException topics) {
            return failure(
                    ErrorCode.KAFKA_RIGHTS,
                    "The user that the properties of Kafka name may not use the topics %s of the Kafka at %s: give it an ACL on them (docs/security.md)"
                            .formatted(topics.unauthorizedTopics(), servers));
        }
        if (cause instanceof GroupAuthorizationException group) {
            return failure(
                    ErrorCode.KAFKA_RIGHTS,
                    "The user that the properties of Kafka name may not use the group '%s' of the Kafka at %s: give it an ACL on it (docs/security.md)"
                            .formatted(group.groupId(), servers));
        }
        if (cause instanceof AuthorizationException) {
            return failure(
                    ErrorCode.KAFKA_RIGHTS,
                    "The user that the properties of Kafka name may not do this in the Kafka at %s: %s (docs/security.md)"
                            .formatted(servers, cause.getMessage()));
        }
        if (cause instanceof RecordTooLargeException) {
            return failure(
                    ErrorCode.RECORD_TOO_LONG,
                    "A topic of the Kafka at %s does not take so long a record: %s. Raise its max.message.bytes"
                            .formatted(servers, cause.getMessage()));
        }
        if (cause instanceof ConfigException) {
            return failure(ErrorCode.KAFKA_PROPERTIES, "The properties of Kafka cannot be used: " + cause.getMessage());
        }
        return Optional.empty();
    }

    private static Optional<Failure> failure(ErrorCode code, String message) {
        return Optional.of(new Failure(code, message));
    }

    private static Throwable innermost(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause == null ? failure : innermost(cause);
    }
}
