package io.tributary.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedFlinkTest {
    @TempDir
    Path folder;

    @Test
    void runsAJobAndShowsItOnTheWeb() throws Exception {
        try (EmbeddedFlink flink = EmbeddedFlink.start(2, 0, folder)) {
            StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
            environment.setParallelism(2);
            environment.fromSequence(1, 100).map(new Summing()).sinkTo(new DiscardingSink<>());

            JobClient job = flink.submit(environment.getStreamGraph());

            long sum = job.getJobExecutionResult().get().getAccumulatorResult("sum");
            assertThat(sum).isEqualTo(5050);
            assertThat(get(flink.webUrl() + "/jobs/" + job.getJobID())).contains("FINISHED");
            assertThat(get(flink.webUrl() + "/index.html")).contains("<html");
            assertThat(flink.webUrl()).startsWith("http://127.0.0.1:");
        }
    }

    @Test
    void namesAPortThatIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> EmbeddedFlink.start(1, taken.getLocalPort(), folder))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("Port " + taken.getLocalPort())
                    .hasMessageContaining("web interface");
        }
    }

    private static String get(String url) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static final class Summing extends RichMapFunction<Long, Long> {
        private static final long serialVersionUID = 1L;

        private final LongCounter sum = new LongCounter();

        @Override
        public void open(OpenContext context) {
            getRuntimeContext().addAccumulator("sum", sum);
        }

        @Override
        public Long map(Long value) {
            sum.add(value);
            return value;
        }
    }
}
