package io.tributary.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description =
                "Watch a small language model train on several sources of text, with a real Kafka and a real Flink"
                        + " on this machine alone.")
final class DemoCommand implements Callable<Integer>, Checked {
    @Mixin
    private DemoOptions options = new DemoOptions();

    @Override
    public List<String> problems() {
        return options.problems();
    }

    @Override
    public Integer call() throws Exception {
        // Before the first logger is made.
        Path log = options.out.resolve("tributary.log").toAbsolutePath();
        System.setProperty("tributary.log", log.toString());
        Terminal terminal = Terminal.ofProcess();
        Demo demo = new Demo(options, terminal);
        Interrupt interrupt = Interrupt.onCtrlC(demo::stop);
        try {
            demo.run();
            return 0;
        } catch (Exception e) {
            if (demo.stopped()) {
                return 0;
            }
            throw e;
        } finally {
            interrupt.done();
        }
    }
}
