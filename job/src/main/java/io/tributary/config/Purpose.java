package io.tributary.config;

/** What a settings file is read for, which decides what has to be in it. */
enum Purpose {
    /** To count what a run will cost, before there is anything of it. */
    PLAN,
    /** To start it. */
    JOB
}
