package io.tributary.cli;

import java.nio.file.Path;

/** Options of a command that say which cluster's file systems its folders are in. */
interface ClusterFolderOption {
    /** Of a cluster on this machine, which need not be there. */
    Path folder();
}
