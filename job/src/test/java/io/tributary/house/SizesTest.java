package io.tributary.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What cannot be taken in at once is cut. */
class SizesTest {
    private static final int MAX_FILE_LINES = 500;
    private static final int MAX_METHOD_LINES = 70;

    @Test
    void noFileIsTooLong() throws Exception {
        assertThat(Repository.javaSources()).hasSizeGreaterThan(20).allSatisfy(file -> assertThat(lines(file))
                .as("lines of %s", file)
                .isLessThanOrEqualTo(MAX_FILE_LINES));
    }

    @Test
    void noMethodIsTooLong() throws Exception {
        List<Method> methods = methods(Repository.javaSources());
        assertThat(methods).hasSizeGreaterThan(100);
        assertThat(methods)
                .filteredOn(method -> method.lines() > MAX_METHOD_LINES)
                .isEmpty();
    }

    private record Method(String file, String name, long lines) {}

    private static int lines(Path file) {
        try {
            return Files.readAllLines(file).size();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Method> methods(List<Path> sources) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<Method> methods = new ArrayList<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask)
                    compiler.getTask(null, files, null, null, null, files.getJavaFileObjectsFromPaths(sources));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                new MethodScanner(unit, positions).scan(unit, methods);
            }
        }
        return methods;
    }

    private static final class MethodScanner extends TreePathScanner<@Nullable Void, List<Method>> {
        private final CompilationUnitTree unit;
        private final SourcePositions positions;

        MethodScanner(CompilationUnitTree unit, SourcePositions positions) {
            this.unit = unit;
            this.positions = positions;
        }

        @Override
        public @Nullable Void visitMethod(MethodTree method, List<Method> methods) {
            long first = unit.getLineMap().getLineNumber(positions.getStartPosition(unit, method));
            long last = unit.getLineMap().getLineNumber(positions.getEndPosition(unit, method));
            methods.add(
                    new Method(unit.getSourceFile().getName(), method.getName().toString(), last - first + 1));
            return super.visitMethod(method, methods);
        }
    }
}
