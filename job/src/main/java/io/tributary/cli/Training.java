package io.tributary.cli;

import io.tributary.record.RoundReport;
import java.io.IOException;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** What the demo needs to know of the training job. */
interface Training {
    /** Adds the whole job to an environment whose parallelism is set; it reads and writes {@link Topics}. */
    void build(StreamExecutionEnvironment environment, DemoPlan plan);

    /** Tokens of one local step of one source. */
    int tokensPerStep();

    /**
     * Reads a record of {@link Topics#REPORTS}.
     *
     * @throws IOException if it is no report
     */
    RoundReport readReport(byte[] json) throws IOException;
}
