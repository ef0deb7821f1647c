package io.tributary.house;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may use what. */
@AnalyzeClasses(packages = "io.tributary", importOptions = ImportOption.DoNotIncludeTests.class)
class RoomsTest {
    private static final String[] OPERATORS = {
        "io.tributary.record..",
        "io.tributary.vocabulary..",
        "io.tributary.model..",
        "io.tributary.round..",
        "io.tributary.merge..",
        "io.tributary.flow..",
        "io.tributary.failure.."
    };
    private static final String[] CONNECTORS = {
        "io.tributary.kafka..", "io.tributary.snapshot..", "io.tributary.huggingface..", "io.tributary.pretrained.."
    };
    private static final String[] JOB = {
        "io.tributary.job..",
        "io.tributary.config..",
        "io.tributary.plan..",
        "io.tributary.cli..",
        "io.tributary.bench..",
        "io.tributary.session..",
        "io.tributary.judge..",
        "io.tributary.corpus..",
        "io.tributary.dashboard..",
        "io.tributary.tensorboard..",
        "io.tributary.embedded.."
    };

    @ArchTest
    static final ArchRule roundsAndMergingArePlainJava = noClasses()
            .that()
            .resideInAnyPackage("io.tributary.round..", "io.tributary.merge..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.flink..", "ai.djl..", "org.apache.kafka..")
            .because("they are tested by simulation from a seed")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule aPlanIsArithmetic = noClasses()
            .that()
            .resideInAPackage("io.tributary.plan..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.flink..", "ai.djl..", "org.apache.kafka..", "picocli..")
            .because("it is made before anything is started");

    @ArchTest
    static final ArchRule operatorsDoNotKnowKafka = noClasses()
            .that()
            .resideInAnyPackage(OPERATORS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..", "org.apache.flink.connector.kafka..");

    @ArchTest
    static final ArchRule operatorsUseNoOtherModule = noClasses()
            .that()
            .resideInAnyPackage(OPERATORS)
            .should()
            .dependOnClassesThat(resideInAnyPackage(CONNECTORS).or(resideInAnyPackage(JOB)));

    @ArchTest
    static final ArchRule connectorsDoNotUseTheJob = noClasses()
            .that()
            .resideInAnyPackage(CONNECTORS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(JOB)
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule onlyTheModelUsesTheEngine = noClasses()
            .that()
            .resideOutsideOfPackages("io.tributary.model..", "io.tributary.vocabulary..", "io.tributary.bench.djl..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.djl..")
            .because("but for a model that Tributary's is compared with");

    @ArchTest
    static final ArchRule theVocabularyUsesSentencePieceAlone = noClasses()
            .that()
            .resideInAPackage("io.tributary.vocabulary..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("ai.djl", "ai.djl.ndarray..", "ai.djl.nn..", "ai.djl.training..", "ai.djl.pytorch..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule onlyTheVocabularyUsesSentencePiece = noClasses()
            .that()
            .resideOutsideOfPackage("io.tributary.vocabulary..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.djl.sentencepiece..");

    @ArchTest
    static final ArchRule packagesFormNoCycle =
            slices().matching("io.tributary.(*)..").should().beFreeOfCycles();
}
