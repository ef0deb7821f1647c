package io.tributary.kafka;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobInfo;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;
import org.apache.flink.util.UserCodeClassLoader;
import org.apache.flink.util.function.ThrowingRunnable;

/** What a writer may do, where a refusal of Kafka ends the job: the producer's answers come through the mailbox. */
record EndingWriterContext(WriterInitContext context, String servers) implements WriterInitContext {
    private record EndingMailbox(MailboxExecutor mailbox, String servers) implements MailboxExecutor {
        @Override
        public void execute(
                MailOptions options,
                ThrowingRunnable<? extends Exception> command,
                String description,
                Object... arguments) {
            mailbox.execute(options, ending(command), description, arguments);
        }

        private ThrowingRunnable<Exception> ending(ThrowingRunnable<? extends Exception> command) {
            return () -> {
                try {
                    command.run();
                } catch (Exception e) {
                    Optional<RuntimeException> ending = KafkaRefusal.ending(e, servers);
                    throw ending.isPresent() ? ending.get() : e;
                }
            };
        }

        @Override
        public void yield() throws InterruptedException {
            mailbox.yield();
        }

        @Override
        public boolean tryYield() {
            return mailbox.tryYield();
        }

        @Override
        public boolean shouldInterrupt() {
            return mailbox.shouldInterrupt();
        }
    }

    @Override
    public MailboxExecutor getMailboxExecutor() {
        return new EndingMailbox(context.getMailboxExecutor(), servers);
    }

    @Override
    public UserCodeClassLoader getUserCodeClassLoader() {
        return context.getUserCodeClassLoader();
    }

    @Override
    public ProcessingTimeService getProcessingTimeService() {
        return context.getProcessingTimeService();
    }

    @Override
    public SinkWriterMetricGroup metricGroup() {
        return context.metricGroup();
    }

    @Override
    public SerializationSchema.InitializationContext asSerializationSchemaInitializationContext() {
        return context.asSerializationSchemaInitializationContext();
    }

    @Override
    public boolean isObjectReuseEnabled() {
        return context.isObjectReuseEnabled();
    }

    @Override
    public <I> TypeSerializer<I> createInputSerializer() {
        return context.createInputSerializer();
    }

    @Override
    public <M> Optional<Consumer<M>> metadataConsumer() {
        return context.metadataConsumer();
    }

    @Override
    public OptionalLong getRestoredCheckpointId() {
        return context.getRestoredCheckpointId();
    }

    @Override
    public JobInfo getJobInfo() {
        return context.getJobInfo();
    }

    @Override
    public TaskInfo getTaskInfo() {
        return context.getTaskInfo();
    }
}
