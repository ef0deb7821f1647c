package io.tributary.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * A program of its own that trains when it is told to: docs/bench/gpt_step.py. It says when it is ready, takes a turn for each
 * line "go SECONDS", and answers with a line of JSON; it ends when its input does.
 */
final class ScriptContestant implements Contestant {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PYTHON = "python3";
    private static final long STOP_LIMIT_SECONDS = 10;

    private final String key;
    private final String label;
    private final Process process;
    private final BufferedReader answers;
    private final Writer orders;

    private ScriptContestant(String key, String label, Process process) {
        this.key = key;
        this.label = label;
        this.process = process;
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        this.orders = process.outputWriter(StandardCharsets.UTF_8);
    }

    /** Whether this machine has a Python with PyTorch. */
    static boolean hasPyTorch() throws IOException {
        Process process;
        try {
            process = new ProcessBuilder(PYTHON, "-c", "import torch")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            return false; // there is no Python at all
        }
        return exitCode(process) == 0;
    }

    /**
     * Starts the script and waits until it is ready.
     *
     * @param compiled whether the model goes through torch.compile
     * @throws IOException if it ends before that; its own errors go to standard error
     */
    static ScriptContestant start(Path script, StepSetup setup, int threads, boolean compiled) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command(script, setup, threads, compiled))
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("OMP_NUM_THREADS", String.valueOf(threads));
        String key = compiled ? "pytorchCompiled" : "pytorch";
        String label = "PyTorch %s, %s".formatted(compiled ? "compiled" : "eager", setup.precisionName());
        ScriptContestant contestant = new ScriptContestant(key, label, builder.start());
        try {
            contestant.answer();
            return contestant;
        } catch (IOException e) {
            contestant.close();
            throw e;
        }
    }

    static List<String> command(Path script, StepSetup setup, int threads, boolean compiled) {
        List<String> command = new ArrayList<>(List.of(PYTHON, script.toString()));
        setup.options().forEach((name, value) -> command.addAll(List.of("--" + name, value)));
        command.addAll(List.of("--threads", String.valueOf(threads)));
        if (compiled) {
            command.add("--compile");
        }
        return command;
    }

    @Override
    public String key() {
        return key;
    }

    @Override
    public String label() {
        return label;
    }

    @Override
    public Turn turn(double seconds) throws IOException {
        orders.write(String.format(Locale.ROOT, "go %s%n", seconds));
        orders.flush();
        JsonNode turn = answer();
        return new Turn(
                turn.path("steps").intValue(),
                turn.path("seconds").doubleValue(),
                turn.path("loss").doubleValue());
    }

    private JsonNode answer() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException(
                    "%s ended with exit code %d instead of an answer".formatted(label, exitCode(process)));
        }
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new IOException("%s answered what is no JSON: %s".formatted(label, line), e);
        }
    }

    private static int exitCode(Process process) throws IOException {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while a program of the benchmark ran", e);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            orders.close();
            if (!process.waitFor(STOP_LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } finally {
            answers.close();
        }
    }
}
