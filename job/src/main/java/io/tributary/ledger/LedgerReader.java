package io.tributary.ledger;

import io.tributary.embedded.EmbeddedFlink;
import io.tributary.flow.Intake;
import io.tributary.flow.IntakeFormat;
import io.tributary.flow.LedgerState;
import io.tributary.flow.Trained;
import io.tributary.flow.TrainedFormat;
import io.tributary.record.SourceId;
import io.tributary.record.SourceIdFormat;
import io.tributary.record.WireType;
import io.tributary.session.JobSummary;
import io.tributary.session.Session;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.typeutils.EitherTypeInfo;
import org.apache.flink.api.java.typeutils.TupleTypeInfo;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.api.OperatorIdentifier;
import org.apache.flink.state.api.SavepointReader;
import org.apache.flink.state.api.functions.KeyedStateReaderFunction;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.types.Either;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.Collector;
import org.apache.flink.util.function.SerializableFunction;

/** Reads the ledger out of a checkpoint or savepoint, with Flink's State Processor. */
public final class LedgerReader {
    private static final TypeInformation<SourceId> SOURCE = new WireType<>(new SourceIdFormat());
    private static final TypeInformation<Tuple2<SourceId, Either<Intake, Trained>>> SIDE = new TupleTypeInfo<>(
            SOURCE, new EitherTypeInfo<>(new WireType<>(new IntakeFormat()), new WireType<>(new TrainedFormat())));

    private static final Intake NOTHING_CAME = new Intake(0, 0, 0, 0, 0, 0);

    private LedgerReader() {}

    /**
     * The ledger of a job that runs, out of a savepoint that is taken for it: a checkpoint may be gone before it is read.
     *
     * @param folder where the savepoint is for so long; as for {@link Session#savepoint}
     */
    public static List<LedgerLine> ofRunning(Session session, JobSummary job, Optional<String> folder)
            throws IOException, InterruptedException {
        String savepoint = session.savepoint(job, folder);
        List<LedgerLine> ledger;
        try {
            ledger = read(savepoint);
        } catch (IOException | RuntimeException e) {
            try {
                session.dispose(savepoint);
            } catch (IOException left) {
                e.addSuppressed(left);
            }
            throw e;
        }
        session.dispose(savepoint);
        return ledger;
    }

    /**
     * Reads a ledger, one line for each source in the order of names.
     *
     * @param path of a checkpoint or savepoint, the folder with its {@code _metadata}
     * @throws IOException if it cannot be read
     */
    public static List<LedgerLine> read(String path) throws IOException {
        Configuration settings = new Configuration();
        settings.set(PipelineOptions.GENERIC_TYPES, false);
        EmbeddedFlink.onLoopbackAlone(settings);
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1, settings);
        env.setRuntimeMode(RuntimeExecutionMode.BATCH);
        SavepointReader savepoint = SavepointReader.read(env, path, new HashMapStateBackend());
        DataStream<Tuple2<SourceId, Either<Intake, Trained>>> sides = savepoint
                .readKeyedState(
                        OperatorIdentifier.forUid("tokenize"),
                        new Side<>(LedgerState.INTAKE, Either::Left),
                        SOURCE,
                        SIDE)
                .union(savepoint.readKeyedState(
                        OperatorIdentifier.forUid("ledger"),
                        new Side<>(LedgerState.TRAINED, Either::Right),
                        SOURCE,
                        SIDE));
        return lines(collect(sides, path));
    }

    @SuppressWarnings("try") // that close() may be interrupted is the signature of Flink
    private static List<Tuple2<SourceId, Either<Intake, Trained>>> collect(
            DataStream<Tuple2<SourceId, Either<Intake, Trained>>> sides, String path) throws IOException {
        List<Tuple2<SourceId, Either<Intake, Trained>>> all = new ArrayList<>();
        try (CloseableIterator<Tuple2<SourceId, Either<Intake, Trained>>> each = sides.executeAndCollect()) {
            each.forEachRemaining(all::add);
        } catch (Exception e) {
            throw new IOException(
                    "The ledger cannot be read from %s: is it a checkpoint of Tributary, and whole?".formatted(path),
                    e);
        }
        return all;
    }

    private static List<LedgerLine> lines(List<Tuple2<SourceId, Either<Intake, Trained>>> sides) {
        Map<SourceId, Intake> in = new TreeMap<>();
        Map<SourceId, Trained> out = new TreeMap<>();
        for (Tuple2<SourceId, Either<Intake, Trained>> side : sides) {
            if (side.f1.isLeft()) {
                in.put(side.f0, side.f1.left());
            } else {
                out.put(side.f0, side.f1.right());
            }
        }
        // A source may have been told something before its first text.
        out.keySet().forEach(source -> in.putIfAbsent(source, NOTHING_CAME));
        List<LedgerLine> lines = new ArrayList<>();
        in.forEach((source, intake) ->
                lines.add(LedgerLine.of(source.name(), intake, Optional.ofNullable(out.get(source)))));
        return lines;
    }

    /** One side of the ledger, source by source. */
    private static final class Side<T>
            extends KeyedStateReaderFunction<SourceId, Tuple2<SourceId, Either<Intake, Trained>>> {
        private static final long serialVersionUID = 1;

        private final ValueStateDescriptor<T> descriptor;
        private final SerializableFunction<T, Either<Intake, Trained>> side;

        private transient ValueState<T> state;

        @SuppressWarnings("NullAway.Init") // Flink calls open() first
        Side(ValueStateDescriptor<T> descriptor, SerializableFunction<T, Either<Intake, Trained>> side) {
            this.descriptor = descriptor;
            this.side = side;
        }

        @Override
        public void open(OpenContext context) {
            state = getRuntimeContext().getState(descriptor);
        }

        @Override
        public void readKey(SourceId source, Context context, Collector<Tuple2<SourceId, Either<Intake, Trained>>> out)
                throws Exception {
            T value = state.value();
            if (value != null) {
                out.collect(Tuple2.of(source, side.apply(value)));
            }
        }
    }
}
