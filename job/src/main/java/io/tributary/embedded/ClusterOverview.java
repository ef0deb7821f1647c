package io.tributary.embedded;

/**
 * What a JobManager counts.
 *
 * @param taskManagers that are registered
 * @param slots of them all
 * @param freeSlots of these that no job has
 * @param runningJobs that have not ended
 */
public record ClusterOverview(int taskManagers, int slots, int freeSlots, int runningJobs) {}
