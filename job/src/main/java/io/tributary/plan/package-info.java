/** What a run will hold, send and compute, from the shapes of its model alone. */
@NullMarked
package io.tributary.plan;

import org.jspecify.annotations.NullMarked;
