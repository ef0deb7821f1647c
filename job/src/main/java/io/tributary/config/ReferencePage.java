package io.tributary.config;

import io.tributary.config.Guide.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The page that says what each setting is, in Markdown. */
final class ReferencePage {
    private static final String HEAD =
            """
            # Configuration

            <!-- Written by ./tributary config --write-docs docs; change the readers in io.tributary.config, or settings.yaml beside them. -->

            One YAML file says everything of a run: `./tributary plan --config FILE` counts what it will cost, `./tributary submit --config FILE` starts it, `./tributary config --config FILE` checks it and prints all settings that it comes to. [examples/pipeline.yaml](examples/pipeline.yaml) has every setting.

            - All that is wrong with a file is said at once, each problem with the path of the setting, its value, what it may be, and what was probably meant. A key that is not known is an error.
            - `--set PATH=VALUE` counts instead of the file, for `submit`, `resume`, `plan` and `config`; repeat it for more. Entries of a list go by place or name: `--set sources[0].size=3GB`, `--set sources[de].size=3GB`. The value is read as YAML. Others see the command line, so it is no place for secrets.
            - What a job came to is kept in `jobs/<id>.effective` of the cluster's folder, and is in the job's configuration in Flink's web interface under `tributary.settings`. Values that may be secret are masked there and wherever settings are printed: keys under `kafka` and `flink` that have `password`, `secret`, `token`, `jaas`, `credential`, a private key or the like in their names. A value that only names a place, such as `${file:/etc/kafka.secret:password}`, is shown.
            - What the file itself says is kept in `jobs/<id>.yaml`, for its owner's eyes alone, so that the job can be resumed.
            - Sizes are written with B, kB, MB, GB, TB, KiB, MiB, GiB or TiB, durations with ms, s, m, h or d, rates with kB/s, MB/s, GB/s, KiB/s, MiB/s, GiB/s, Mbit/s or Gbit/s.
            - Names of vocabularies lead from the folder of the file.

            An editor that knows YAML's language server completes and checks a file that begins with this line, with the path or the address of [pipeline.schema.json](pipeline.schema.json):

            ```yaml
            # yaml-language-server: $schema=pipeline.schema.json
            ```
            """;

    private final Guide guide;
    private final StringBuilder page = new StringBuilder(HEAD);

    ReferencePage(Guide guide) {
        this.guide = guide;
    }

    String text() {
        page.append("\n## At the top\n\n");
        table(guide.in("").stream().filter(entry -> !entry.hasSettings()).toList());
        for (Entry entry : guide.in("")) {
            if (entry.hasSettings()) {
                section(entry);
            }
        }
        return page.toString();
    }

    private void section(Entry section) {
        page.append("\n## ").append(section.setting().key()).append("\n\n");
        String sentence = sentence(section);
        page.append(sentence.substring(0, 1).toUpperCase(Locale.ROOT) + sentence.substring(1))
                .append(".\n\n");
        table(below(section));
    }

    /** Also those of the sections in it, which have a row as well. */
    private List<Entry> below(Entry section) {
        List<Entry> below = new ArrayList<>();
        for (Entry entry : guide.in(AnnotatedExample.inside(section))) {
            below.add(entry);
            if (entry.hasSettings()) {
                below.addAll(below(entry));
            }
        }
        return below;
    }

    private void table(List<Entry> entries) {
        page.append("| setting | values | if left out | |\n|---|---|---|---|\n");
        for (Entry entry : entries) {
            page.append("| `%s` | %s | %s | %s |\n"
                    .formatted(
                            entry.setting().path().replace("[]", "[i]"),
                            entry.values(),
                            entry.hasSettings() ? "" : entry.leftOut(),
                            sentence(entry)));
        }
    }

    private String sentence(Entry entry) {
        String beside = entry.besideOf(guide).isEmpty() ? "" : "; " + entry.besideOf(guide);
        return entry.text() + beside;
    }
}
