package io.tributary.failure;

import static io.tributary.failure.Blame.DATA;
import static io.tributary.failure.Blame.INTERNAL;
import static io.tributary.failure.Blame.RESOURCE;
import static io.tributary.failure.Blame.USER;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The failures that a user can meet. A code never changes its meaning, and none is given twice: what people wrote down
 * stays true. {@code docs/troubleshooting.md} tells of each.
 */
public enum ErrorCode {
    COMMAND_LINE("S01", USER),
    SETTINGS("S02", USER),

    KAFKA_UNKNOWN("K01", USER),
    KAFKA_SILENT("K02", RESOURCE),
    KAFKA_LOGIN("K03", USER),
    KAFKA_TLS("K04", USER),
    KAFKA_RIGHTS("K05", USER),
    KAFKA_PROPERTIES("K06", USER),
    TOPIC_MISSING("K07", USER),
    RECORD_TOO_LONG("K08", USER),

    NO_CLUSTER("C01", USER),
    FLINK_SILENT("C02", RESOURCE),
    FLINK_REFUSED("C03", RESOURCE),
    NO_SUCH_JOB("C04", USER),
    JOB_FAILED("C05", RESOURCE),
    CLUSTER_DOWN("C06", RESOURCE),
    BUSY("C07", USER),

    TEXT_UNREADABLE("T01", DATA),
    TEXT_REFUSED("T02", DATA),
    TEXT_CHANGED("T03", DATA),

    SNAPSHOT_BROKEN("M01", DATA),
    SOURCE_UNKNOWN("M02", USER),
    MODEL_UNUSABLE("M03", USER),
    SAVEPOINT_BROKEN("M04", DATA),
    STATE_DOES_NOT_FIT("M05", USER),
    SETTINGS_NOT_KEPT("M06", USER),

    DISK_FULL("R01", RESOURCE),
    PORT_TAKEN("R02", RESOURCE),
    OUT_OF_MEMORY("R03", RESOURCE),
    PLAN_TOO_LARGE("R04", RESOURCE),
    ENGINE_MISSING("R05", RESOURCE),
    DOWNLOAD_FAILED("R06", RESOURCE),
    FILE_ACCESS("R07", RESOURCE),

    BUG("X01", INTERNAL),
    NOT_EQUAL("X02", INTERNAL);

    private static final String PREFIX = "TRB-";
    private static final Pattern ID = Pattern.compile(PREFIX + "[A-Z][0-9]{2}");

    private final String number;
    private final Blame blame;

    ErrorCode(String number, Blame blame) {
        this.number = number;
        this.blame = blame;
    }

    /** As it is printed, such as {@code TRB-K02}. */
    public String id() {
        return PREFIX + number;
    }

    public Blame blame() {
        return blame;
    }

    /** The first code in a text, such as the failure of a job that came as a printed stack trace. */
    public static Optional<ErrorCode> in(String text) {
        Matcher id = ID.matcher(text);
        return id.find()
                ? Arrays.stream(values())
                        .filter(code -> code.id().equals(id.group()))
                        .findFirst()
                : Optional.empty();
    }
}
