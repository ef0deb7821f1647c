package io.tributary.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.tributary.flow.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MonitoringTest {
    private static final Path MONITORING = Repository.root().resolve("monitoring");

    @Test
    void theDocumentsHaveEveryMetricWithItsTypeAndNoOther() throws Exception {
        Pattern row = Pattern.compile("(?m)^\\| `(tributary\\.[^`]*)` \\| (\\w+) \\| [^|]+\\| [^|]+\\| [^|]+\\|");
        String documents = Files.readString(Repository.root().resolve("docs/metrics.md"));
        List<String> told = row.matcher(documents)
                .results()
                .map(found -> found.group(1) + " " + found.group(2))
                .toList();
        assertThat(told)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(Metric.values())
                        .map(metric -> metric.id() + " " + metric.kind().name().toLowerCase(Locale.ROOT))
                        .toList());
    }

    @Test
    void dashboardAndRulesNameOnlyMetricsThatThereAre() throws Exception {
        Set<String> there = Arrays.stream(Metric.values())
                .map(metric ->
                        "flink_taskmanager_job_task_operator_" + metric.id().replace('.', '_'))
                .collect(Collectors.toSet());
        for (String file :
                List.of("grafana-dashboard.json", "dashboard-rules.yml", "alert-rules.yml", "rules-test.yml")) {
            Set<String> named = Pattern.compile("\\bflink_taskmanager_\\w+")
                    .matcher(Files.readString(MONITORING.resolve(file)))
                    .results()
                    .map(MatchResult::group)
                    .collect(Collectors.toCollection(TreeSet::new));
            assertThat(named).as(file).isNotEmpty().isSubsetOf(there);
        }
    }

    @Test
    void whatPromtoolChecksIsWhatTheDashboardShows() throws Exception {
        Collection<String> rules = texts("dashboard-rules.yml", new YAMLMapper());
        assertThat(texts("grafana-dashboard.json", new ObjectMapper()))
                .hasSizeGreaterThan(20)
                .isEqualTo(rules);
    }

    @Test
    void theDocumentsHaveEveryAlert() throws Exception {
        JsonNode rules =
                new YAMLMapper().readTree(MONITORING.resolve("alert-rules.yml").toFile());
        String documents = Files.readString(Repository.root().resolve("docs/metrics.md"));
        assertThat(rules.findValuesAsText("alert")).isNotEmpty().allSatisfy(alert -> assertThat(documents)
                .contains("| `" + alert + "` |"));
    }

    /** The expressions, in their order. */
    private static List<String> texts(String file, ObjectMapper reader) throws IOException {
        return reader.readTree(MONITORING.resolve(file).toFile()).findValuesAsText("expr");
    }
}
